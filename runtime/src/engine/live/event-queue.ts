/**
 * Events of one live query that wait to be polled, oldest first.
 *
 * Lossless up to its capacity, or to what the budget shared with other queues leaves. Beyond that, the oldest Event of
 * the same group makes room: it coalesces into the newest and is counted. Its sample stays in the aggregate of later
 * Events of the group for as long as the window holds it. A group that has no other Event waiting gets its place in any
 * case, so a queue exceeds its capacity by one Event for each group at most.
 */
import { grownColumn } from '../model/columns.ts'
import type { LiveEvent, ProducerId } from '../model/live-event.ts'
import type { Micros } from '../model/timestamp.ts'
import { queueEventsReserved, type EventBudget } from './event-budget.ts'

/** A list of 16 producers takes up as much memory as an Event, so 1,024 of them take 64 places. */
const placeShift = 4

const slotsMin = 16
/** In place of a slot. */
const none = -1

/** The waiting Events of a group. */
interface GroupEvents {
  /** Their slots; `none` while no Event waits. */
  oldest: number
  newest: number
  /** Of the Event pushed last: as long as the list is the same, it takes up no memory. */
  producers: readonly ProducerId[] | undefined
}

export class EventQueue {
  // Columns by slot. Each Event knows its neighbours in order of arrival, and the next one of its group.
  #events: (LiveEvent | undefined)[] = []
  #ats = new Float64Array(0)
  /** What each Event takes up in the budget. */
  #places = new Uint8Array(0)
  #groups = new Uint32Array(0)
  #older = new Int32Array(0)
  /** Of a slot that is not in use: the next such slot. */
  #newer = new Int32Array(0)
  #newerInGroup = new Int32Array(0)
  #unused = none
  #oldest = none
  #newest = none
  #count = 0
  #coalescedCount = 0
  /** By the number of a group. */
  #byGroup: (GroupEvents | undefined)[] = []
  readonly #eventsMax: number
  readonly #budget: EventBudget

  /**
   * @param eventsMax - capacity, ≥ 1
   * @param budget - may be shared with other queues
   */
  constructor(eventsMax: number, budget: EventBudget) {
    this.#eventsMax = eventsMax
    this.#budget = budget
  }

  get count(): number {
    return this.#count
  }

  /** How many Events have been merged into a newer one so far. */
  get coalescedCount(): number {
    return this.#coalescedCount
  }

  /** When the sample of the oldest Event arrived; +Infinity when empty. */
  get oldestAt(): Micros {
    return this.#count === 0 ? Number.POSITIVE_INFINITY : this.#ats[this.#oldest]!
  }

  /** @param at - when its sample arrived; `group` - its number, an integer from 0 */
  push(event: LiveEvent, at: Micros, group = 0): void {
    const ofGroup = (this.#byGroup[group] ??= { oldest: none, newest: none, producers: undefined })
    const places = event.producers === ofGroup.producers ? 1 : 1 + (event.producers.length >>> placeShift)
    ofGroup.producers = event.producers
    let freed = this.#count >= this.#eventsMax ? this.#coalesce(ofGroup) : 0
    // What others hold is not made up for here.
    while (freed < places && this.#count >= queueEventsReserved && this.#budget.isSpent && ofGroup.oldest !== none) {
      freed += this.#coalesce(ofGroup)
    }
    const slot = this.#takeSlot()
    this.#events[slot] = event
    this.#ats[slot] = at
    this.#places[slot] = places
    this.#groups[slot] = group
    this.#older[slot] = this.#newest
    this.#newer[slot] = none
    this.#newerInGroup[slot] = none
    if (this.#newest === none) this.#oldest = slot
    else this.#newer[this.#newest] = slot
    this.#newest = slot
    if (ofGroup.oldest === none) ofGroup.oldest = slot
    else this.#newerInGroup[ofGroup.newest] = slot
    ofGroup.newest = slot
    this.#count++
    this.#budget.take(places)
  }

  /** Counts Events that never came here as coalesced into the next one. */
  skip(eventCount: number): void {
    this.#coalescedCount += eventCount
  }

  /** Removes and returns the oldest Event, or `undefined` when empty. */
  shift(): LiveEvent | undefined {
    if (this.#count === 0) return undefined
    const slot = this.#oldest
    const event = this.#events[slot]
    this.#removeOldestOf(this.#byGroup[this.#groups[slot]!]!)
    return event
  }

  /** Drops all Events. */
  clear(): void {
    while (this.shift() !== undefined);
    this.#events = []
    this.#ats = new Float64Array(0)
    this.#places = new Uint8Array(0)
    this.#groups = new Uint32Array(0)
    this.#older = new Int32Array(0)
    this.#newer = new Int32Array(0)
    this.#newerInGroup = new Int32Array(0)
    this.#unused = none
    this.#byGroup = []
  }

  /** The oldest Event of a group makes room, if there is one. @returns the places that it took up */
  #coalesce(ofGroup: GroupEvents): number {
    if (ofGroup.oldest === none) return 0
    this.#coalescedCount++
    return this.#removeOldestOf(ofGroup)
  }

  /** @returns the places that it took up */
  #removeOldestOf(ofGroup: GroupEvents): number {
    const slot = ofGroup.oldest
    const [older, newer, places] = [this.#older[slot]!, this.#newer[slot]!, this.#places[slot]!]
    if (older === none) this.#oldest = newer
    else this.#newer[older] = newer
    if (newer === none) this.#newest = older
    else this.#older[newer] = older
    ofGroup.oldest = this.#newerInGroup[slot]!
    this.#events[slot] = undefined
    this.#newer[slot] = this.#unused
    this.#unused = slot
    this.#count--
    this.#budget.giveBack(1, places)
    return places
  }

  #takeSlot(): number {
    if (this.#unused === none) this.#grow()
    const slot = this.#unused
    this.#unused = this.#newer[slot]!
    return slot
  }

  #grow(): void {
    const { length } = this.#events
    this.#ats = grownColumn(this.#ats, slotsMin)
    this.#places = grownColumn(this.#places, slotsMin)
    this.#groups = grownColumn(this.#groups, slotsMin)
    this.#older = grownColumn(this.#older, slotsMin)
    this.#newer = grownColumn(this.#newer, slotsMin)
    this.#newerInGroup = grownColumn(this.#newerInGroup, slotsMin)
    for (let slot = length; slot < this.#ats.length; slot++) {
      this.#events.push(undefined)
      this.#newer[slot] = slot + 1 < this.#ats.length ? slot + 1 : none
    }
    this.#unused = length
  }
}
