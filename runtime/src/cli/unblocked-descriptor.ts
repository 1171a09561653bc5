/**
 * A descriptor of this process that answers "no room" where it would have to wait. Node's own streams cannot do that
 * for a terminal, which they write synchronously, and keep everything without bound for a pipe.
 */
import { constants, fstatSync, openSync, writeSync } from 'node:fs'
import type { TakeBytes } from './line-output.ts'

/** @param fd - 1 or 2. It stays as it is: others may share it, and expect it to wait. */
export function takeWithoutWaiting(fd: 1 | 2): TakeBytes {
  const own = openUnblocked(fd)
  return (bytes) => {
    try {
      return writeSync(own, bytes)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      // A full disk, for example, may have room later.
      if (code === 'EPIPE' || code === 'EBADF') throw error
      return 0
    }
  }
}

function openUnblocked(fd: 1 | 2): number {
  // A file always has room, and its position is shared with others who append to it.
  if (fstatSync(fd).isFile()) return fd
  try {
    // A second opening of the same pipe or terminal, with flags of its own.
    return openSync(`/dev/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY)
  } catch {
    // A socket cannot be opened again, nor what belongs to another user. Node's stream has the effect that the
    // descriptor does not wait, except for a terminal.
    void (fd === 1 ? process.stdout : process.stderr)
    return fd
  }
}
