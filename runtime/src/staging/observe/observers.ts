/** The hub: reports everything that happens to all observers. Its contract is `observer.ts`. */
import type { Observer } from './observer.ts'

/** What is reported, by what happens: three arguments at most, which `tell` passes on. A method with more is `never`. */
type Told = { [Thing in keyof Observer]-?: UpToThree<Parameters<Required<Observer>[Thing]>> }
type UpToThree<What> = What extends readonly [unknown?, unknown?, unknown?] ? What : never
type Listener = (...what: unknown[]) => void

export class Observers {
  #observers: readonly Observer[]
  /** The methods of all observers, bound, by what happens. Found when it first happens: frames come a million a second. */
  #listeners = new Map<keyof Observer, readonly Listener[]>()

  constructor(observers: readonly Observer[] = []) {
    this.#observers = observers
  }

  /** Adds an observer, the last in order, which hears of everything from now on. @returns removes it again */
  add(observer: Observer): () => void {
    this.#change([...this.#observers, observer])
    return () => this.#change(this.#observers.filter((other) => other !== observer))
  }

  /** To be called where something happens. */
  tell<Thing extends keyof Observer>(thing: Thing, ...what: Told[Thing]): void
  tell(thing: keyof Observer, first?: unknown, second?: unknown, third?: unknown): void {
    // The list is never changed in place: an observer may add and remove observers meanwhile.
    for (const listen of this.#listeners.get(thing) ?? this.#find(thing)) listen(first, second, third)
  }

  #change(observers: readonly Observer[]): void {
    this.#observers = observers
    this.#listeners = new Map()
  }

  #find(thing: keyof Observer): readonly Listener[] {
    const listeners: Listener[] = []
    for (const observer of this.#observers) {
      const listen = observer[thing] as Listener | undefined
      if (listen !== undefined) listeners.push(listen.bind(observer))
    }
    this.#listeners.set(thing, listeners)
    return listeners
  }
}
