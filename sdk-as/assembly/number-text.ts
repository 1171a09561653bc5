/** A whole text as a number: what `env.number` and `state.number` make of a variable and of a remembered value. */
import { Expected, cursor, fault, openReader, readDouble } from './json-reader'

/** The number that `text` is, in decimal; NaN when that is not a finite number. */
export function parseNumber(text: string): f64 {
  const bytes = String.UTF8.encode(text)
  const address = changetype<usize>(bytes)
  openReader(address, bytes.byteLength)
  const value = readDouble()
  return fault == Expected.Nothing && cursor == address + bytes.byteLength && isFinite(value) ? value : NaN
}
