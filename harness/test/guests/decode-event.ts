/** Decodes the JSON of an Event when it is called from outside, and writes down what it found. */
import { EventDecoder } from '@slung/sdk-as/assembly/event-decoder'

const decoder = new EventDecoder()
// What `decode` returned stays until the next call.
let found: string = ''

/** The address of a string: timestamp, bits of the value, producers, tags in hex; `no` for what is not an Event. */
export function decode(address: usize, length: usize): usize {
  const event = decoder.decode(address, length)
  if (event == null) {
    found = 'no'
  } else {
    const tags = event.tags.map<string>((tag) => hexOf(String.UTF8.encode(tag, false, String.UTF8.ErrorMode.REPLACE)))
    found = `${event.timestamp} ${reinterpret<u64>(event.value).toString(16)} [${event.producers.join(',')}] [${tags.join(',')}]`
  }
  return changetype<usize>(found)
}

function hexOf(bytes: ArrayBuffer): string {
  let text = ''
  const view = Uint8Array.wrap(bytes)
  for (let i = 0; i < view.length; i++) text += (view[i] < 16 ? '0' : '') + view[i].toString(16)
  return text
}

export function call(): i32 {
  return 0
}
