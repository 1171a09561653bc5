/** Where the bytes of a module stood before others were inserted: from a position in what runs to one in the file. */

/**
 * Stretches of the new module: the offset at which each begins, ascending, and how many bytes everything in it has
 * moved since the old one. What comes before the first has not moved.
 */
export interface ByteMoves {
  readonly starts: Uint32Array
  readonly shifts: Int32Array
}

export const unmoved: ByteMoves = { starts: new Uint32Array(0), shifts: new Int32Array(0) }

/** The moves when, after them, everything moves by another `bytes`. */
export function movedBy({ starts, shifts }: ByteMoves, bytes: number): ByteMoves {
  const moved = { starts: new Uint32Array(starts.length + 1), shifts: new Int32Array(shifts.length + 1) }
  moved.starts.set(
    starts.map((start) => start + bytes),
    1,
  )
  moved.shifts.set(
    shifts.map((shift) => shift + bytes),
    1,
  )
  moved.shifts[0] = bytes
  return moved
}

/** The offset in the old module; for inserted bytes, that of what follows them. */
export function offsetBefore({ starts, shifts }: ByteMoves, offset: number): number {
  // The last stretch that begins at or before the offset.
  let stretch = -1
  for (let high = starts.length; high - stretch > 1;) {
    const middle = (stretch + high) >> 1
    if (starts[middle]! <= offset) stretch = middle
    else high = middle
  }
  const before = stretch < 0 ? offset : offset - shifts[stretch]!
  const next = stretch + 1
  return next < starts.length ? Math.min(before, starts[next]! - shifts[next]!) : before
}
