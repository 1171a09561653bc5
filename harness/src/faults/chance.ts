/**
 * Random numbers for the rows of an input, row by row: which number a row gets depends on the seed, the purpose and the
 * row alone. So a fault affects the same rows whatever other faults there are, and more of them when its share grows.
 */
import { SeededRandom } from '@slung/runtime/testing'

/** Numbers for one purpose. */
export class Chance {
  readonly #seed: number

  /**
   * @param seed - any integer; its low 32 bits count
   * @param purpose - any text; another purpose has unrelated numbers
   */
  constructor(seed: number, purpose: string) {
    this.#seed = Array.from(purpose).reduce((state, character) => {
      return new SeededRandom(state + character.charCodeAt(0)).below(2 ** 32)
    }, seed)
  }

  /** In [0, 1), of 53 bits. @param key - of the row, a whole number below 2^32 */
  fractionFor(key: number): number {
    const random = this.#randomFor(key)
    return (random.below(2 ** 26) * 2 ** 27 + random.below(2 ** 27)) / 2 ** 53
  }

  /** A whole number below 2^32, to be the key of a row that is made from this one. */
  keyFrom(key: number): number {
    return this.#randomFor(key).below(2 ** 32)
  }

  #randomFor(key: number): SeededRandom {
    // Keys follow one another, and seeds that do are too much alike for the generator; multiples of the golden ratio
    // lie far apart.
    return new SeededRandom(this.#seed + Math.imul(key, goldenRatio))
  }
}

/** 2^32 divided by it, made odd, so that different keys stay different. */
const goldenRatio = 0x9e3779b1
