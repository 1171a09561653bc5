/**
 * Says why the workflow stops — `abort: MESSAGE at FILE:LINE:COLUMN`, one line on stderr — and traps.
 * A stack overflow has no location: `abort: stack overflow`.
 *
 * It traps instead of calling `proc_exit` so that the host still sees the frames of the workflow. It must work when the
 * cause is AssemblyScript's own stack overflow, so nothing in it may touch the managed stack: parameters are raw
 * addresses, constants are passed by address, and the line is assembled in a static buffer.
 */
import { fd_write } from './abi'

// Room for the two texts (3 bytes of UTF-8 per UTF-16 unit at most) and the words around them.
const MESSAGE_UNITS_MAX: usize = 500
const FILE_NAME_UNITS_MAX: usize = 150
const line = memory.data(2048)
// { address, length } for fd_write, then the count it reports.
const vector = memory.data(12)


@global
export function slung_abort(message: usize, fileName: usize, lineNumber: u32, columnNumber: u32): void {
  let end = append(line, changetype<usize>('abort: '), MESSAGE_UNITS_MAX)
  if (fileName != 0 && byteLength(fileName) == 0) {
    // Only the compiler's own check of the managed stack passes no location, and no text either.
    end = append(end, changetype<usize>('stack overflow'), MESSAGE_UNITS_MAX)
  } else {
    end = append(end, message != 0 ? message : changetype<usize>('no message'), MESSAGE_UNITS_MAX)
    if (fileName != 0) {
      end = append(end, changetype<usize>(' at '), MESSAGE_UNITS_MAX)
      end = append(end, fileName, FILE_NAME_UNITS_MAX)
      store<u8>(end, 58)
      end = appendNumber(end + 1, lineNumber)
      store<u8>(end, 58)
      end = appendNumber(end + 1, columnNumber)
    }
  }
  store<u8>(end, 10)
  store<u32>(vector, <u32>line)
  store<u32>(vector, <u32>(end + 1 - line), 4)
  fd_write(2, vector, 1, vector + 8)
  unreachable()
}

/** Bytes of UTF-16 in the string object at `source`: its header has them 4 bytes before the text. */
function byteLength(source: usize): usize {
  return load<u32>(source - 4)
}

/** Appends the UTF-8 of the string object at `source`, cut to `unitsMax` UTF-16 units between two characters. Returns the new end. */
function append(target: usize, source: usize, unitsMax: usize): usize {
  let units = byteLength(source) >> 1
  if (units > unitsMax) {
    units = unitsMax
    // The first half of a surrogate pair goes with the second.
    if ((load<u16>(source + ((units - 1) << 1)) & 0xfc00) == 0xd800) units--
  }
  return target + String.UTF8.encodeUnsafe(source, <i32>units, target, false, String.UTF8.ErrorMode.REPLACE)
}

/** Appends `value` in decimal. Returns the new end. */
function appendNumber(target: usize, value: u32): usize {
  let end = target
  for (let rest = value; rest >= 10; rest /= 10) end++
  for (let at = end; at >= target; at--) {
    store<u8>(at, 48 + (value % 10))
    value /= 10
  }
  return end + 1
}
