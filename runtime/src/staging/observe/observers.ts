/** The hub: reports everything that happens to all observers. Its contract is `observer.ts`. */
import type { Observer } from './observer.ts'

/** What is reported, by what happens. */
type Told = { [Thing in keyof Observer]-?: Parameters<Required<Observer>[Thing]> }

export class Observers {
  #observers: readonly Observer[]

  constructor(observers: readonly Observer[] = []) {
    this.#observers = observers
  }

  /** Adds an observer, the last in order, which hears of everything from now on. @returns removes it again */
  add(observer: Observer): () => void {
    this.#observers = [...this.#observers, observer]
    return () => {
      this.#observers = this.#observers.filter((other) => other !== observer)
    }
  }

  /** To be called where something happens. */
  tell<Thing extends keyof Observer>(thing: Thing, ...what: Told[Thing]): void {
    // The list is never changed in place: an observer may add and remove observers meanwhile.
    for (const observer of this.#observers) {
      const listen = observer[thing] as ((...what: Told[Thing]) => void) | undefined
      listen?.apply(observer, what)
    }
  }
}
