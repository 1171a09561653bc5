/** Ends with its third Event, in the way that the environment variable MODE names. */
import { live } from '@slung/sdk-as/assembly'


@external('wasi_snapshot_preview1', 'environ_get')
declare function environ_get(environ: usize, buffer: usize): i32

export function call(): i32 {
  const events = live('COUNT:temp:[]')
  const mode = environmentByte()
  while (true) {
    if (events.next()!.value < 3) continue
    if (mode == 0x74) trap(events.ok ? 1 : 0)
    if (mode == 0x73) spin()
    return 3
  }
}

/** First letter of the value of the only variable, `MODE=…`: t(rap), s(pin), r(eturn). */
function environmentByte(): u8 {
  const environ = heap.alloc(64)
  environ_get(environ, environ + 16)
  return load<u8>(environ + 16 + 'MODE='.length)
}

function trap(index: i32): void {
  const none = new Array<i32>()
  none[index + 5000]
}

function spin(): void {
  let turns: u64 = 0
  while (true) turns++
}
