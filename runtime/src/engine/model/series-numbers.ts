/**
 * Numbers series in order of first appearance.
 *
 * The key of a series may have 65 thousand characters, and V8 hashes a text of more than 16,383 by its length alone: a
 * map of such keys compares each with all others. So each name and tag has a number, and these make a short key.
 */
import type { Series } from './series.ts'

export class SeriesNumbers {
  readonly #textNumbers = new Map<string, number>()
  readonly #numbers = new Map<string, number>()

  /** The number of a series, from 0. */
  of({ name, tags }: Series): number {
    const key = [name, ...tags].map((text) => numberOf(this.#textNumbers, text)).join()
    return numberOf(this.#numbers, key)
  }
}

function numberOf(numbers: Map<string, number>, text: string): number {
  const known = numbers.get(text)
  if (known !== undefined) return known
  numbers.set(text, numbers.size)
  return numbers.size - 1
}
