/**
 * The workflow's log: each call writes one line through WASI `fd_write`, `info` and `debug` to stdout, `warn` and `error`
 * to stderr. `info` writes the text as is; the others prefix their name, as in `warn: no data for 5 minutes`.
 */
import { fd_write } from './abi'

const STDOUT: u32 = 1
const STDERR: u32 = 2

// { address, length } for fd_write, then the count it reports.
const vector = memory.data(12)

export function debug(text: string): void {
  writeLine(STDOUT, 'debug: ' + text)
}

export function info(text: string): void {
  writeLine(STDOUT, text)
}

export function warn(text: string): void {
  writeLine(STDERR, 'warn: ' + text)
}

export function error(text: string): void {
  writeLine(STDERR, 'error: ' + text)
}

/** Writes `text` and a line feed. A host that cannot take it loses the line: a log must not stop a workflow. */
function writeLine(fd: u32, text: string): void {
  const length = String.UTF8.byteLength(text) + 1
  const block = heap.alloc(length)
  String.UTF8.encodeUnsafe(changetype<usize>(text), text.length, block, false, String.UTF8.ErrorMode.REPLACE)
  store<u8>(block + length - 1, 10)
  let at = block
  let rest = <u32>length
  while (rest != 0) {
    store<u32>(vector, <u32>at)
    store<u32>(vector, rest, 4)
    if (fd_write(fd, vector, 1, vector + 8) != 0) break
    const written = load<u32>(vector, 8)
    if (written == 0 || written > rest) break
    at += written
    rest -= written
  }
  heap.free(block)
}
