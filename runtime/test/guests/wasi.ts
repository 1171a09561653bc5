// Asks WASI for its environment, arguments, clock, randomness and a directory.
import { print } from './raw-abi'
export { allocate, deallocate } from './raw-abi'


@external("wasi_snapshot_preview1", "environ_sizes_get") declare function environ_sizes_get(
  count: usize,
  size: usize,
): u32


@external("wasi_snapshot_preview1", "environ_get") declare function environ_get(list: usize, buffer: usize): u32


@external("wasi_snapshot_preview1", "args_sizes_get") declare function args_sizes_get(count: usize, size: usize): u32


@external("wasi_snapshot_preview1", "args_get") declare function args_get(list: usize, buffer: usize): u32


@external("wasi_snapshot_preview1", "clock_time_get") declare function clock_time_get(
  id: u32,
  precision: u64,
  time: usize,
): u32


@external("wasi_snapshot_preview1", "random_get") declare function random_get(buffer: usize, size: u32): u32


@external("wasi_snapshot_preview1", "fd_prestat_get") declare function fd_prestat_get(fd: u32, prestat: usize): u32


@external("wasi_snapshot_preview1", "fd_read") declare function fd_read(
  fd: u32,
  iovs: usize,
  count: u32,
  read: usize,
): u32

function printStrings(count: usize, buffer: usize, list: usize): void {
  for (let index: usize = 0; index < count; index++)
    print(1, String.UTF8.decode(changetype<ArrayBuffer>(cut(load<u32>(list + index * 4)))) + '\n')
}

function cut(start: usize): usize {
  let byteCount = 0
  while (load<u8>(start + byteCount) != 0) byteCount++
  const copy = new ArrayBuffer(byteCount)
  memory.copy(changetype<usize>(copy), start, byteCount)
  return changetype<usize>(copy)
}

export function call(): i32 {
  const words = heap.alloc(16)
  const list = heap.alloc(64)
  const buffer = heap.alloc(256)
  environ_sizes_get(words, words + 4)
  environ_get(list, buffer)
  print(1, load<u32>(words).toString() + ' ' + load<u32>(words, 4).toString() + '\n')
  printStrings(load<u32>(words), buffer, list)
  args_sizes_get(words, words + 4)
  args_get(list, buffer)
  printStrings(load<u32>(words), buffer, list)
  clock_time_get(1, 0, words)
  print(1, load<u64>(words).toString() + '\n')
  random_get(words, 4)
  print(1, load<u32>(words).toString() + '\n')
  print(
    1,
    [
      clock_time_get(7, 0, words),
      clock_time_get(0, 0, u32.MAX_VALUE),
      random_get(u32.MAX_VALUE, 2),
      environ_get(u32.MAX_VALUE, 0),
      environ_sizes_get(u32.MAX_VALUE, 0),
      fd_prestat_get(3, words),
      fd_read(0, words, 1, words),
    ].join(' ') + '\n',
  )
  return 0
}
