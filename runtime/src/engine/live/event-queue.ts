/**
 * Events of one live query that wait to be polled, oldest first.
 *
 * Lossless up to its capacity, or to what the budget shared with other queues leaves. Beyond that, the oldest Event of
 * the same group makes room: it coalesces into the newest and is counted. Its sample stays in the aggregate of later
 * Events of the group for as long as the window holds it. A group that has no other Event waiting gets its place in any
 * case, so a queue exceeds its capacity by one Event for each group at most.
 */
import type { LiveEvent, ProducerId } from '../model/live-event.ts'
import type { Micros } from '../model/timestamp.ts'
import { queueEventsReserved, type EventBudget } from './event-budget.ts'

/** A list of 16 producers takes up as much memory as an Event, so 1,024 of them take 64 places. */
const placeShift = 4

const slotsMin = 16
/** In place of a position. */
const none = -1

/** The waiting Events of a group, by their positions. */
interface GroupEvents {
  /** `none` while no Event waits. */
  oldest: number
  newest: number
  /** Of the Event pushed last: as long as the list is the same, it takes up no memory. */
  producers: readonly ProducerId[] | undefined
}

export class EventQueue {
  // A ring in columns, whose capacity is a power of two. Positions count up, and the lowest bits of one are its place.
  // An Event that coalesced leaves a gap, except at the ends of the ring.
  #events = emptyRing(slotsMin)
  #ats = new Float64Array(slotsMin)
  /** What each Event takes up in the budget. */
  #places = new Uint8Array(slotsMin)
  /** The number of its group. */
  #groups = new Uint32Array(slotsMin)
  /** The position of the next Event of the same group. */
  #nextInGroup = new Float64Array(slotsMin)
  #mask = slotsMin - 1
  #start = 0
  #end = 0
  #count = 0
  #coalescedCount = 0
  /** By the number of a group. */
  readonly #byNumber: GroupEvents[] = []
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
    return this.#count === 0 ? Number.POSITIVE_INFINITY : this.#ats[this.#slotOf(this.#start)]!
  }

  /** @param at - when its sample arrived; `group` - its number, an integer from 0 */
  push(event: LiveEvent, at: Micros, group = 0): void {
    while (this.#byNumber.length <= group) this.#byNumber.push({ oldest: none, newest: none, producers: undefined })
    const ofGroup = this.#byNumber[group]!
    const places = event.producers === ofGroup.producers ? 1 : 1 + (event.producers.length >>> placeShift)
    ofGroup.producers = event.producers
    let freed = this.#count >= this.#eventsMax ? this.#coalesce(ofGroup) : 0
    // What others hold is not made up for here.
    while (freed < places && this.#count >= queueEventsReserved && this.#budget.isSpent && ofGroup.oldest !== none) {
      freed += this.#coalesce(ofGroup)
    }
    if (this.#end - this.#start > this.#mask) this.#makeRoom()
    const position = this.#end++
    const slot = this.#slotOf(position)
    this.#events[slot] = event
    this.#ats[slot] = at
    this.#places[slot] = places
    this.#groups[slot] = group
    if (ofGroup.oldest === none) ofGroup.oldest = position
    else this.#nextInGroup[this.#slotOf(ofGroup.newest)] = position
    ofGroup.newest = position
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
    const slot = this.#slotOf(this.#start)
    const event = this.#events[slot]
    this.#removeOldestOf(this.#byNumber[this.#groups[slot]!]!)
    return event
  }

  /** Drops all Events. */
  clear(): void {
    while (this.shift() !== undefined);
    this.#events = emptyRing(slotsMin)
    this.#ats = new Float64Array(slotsMin)
    this.#places = new Uint8Array(slotsMin)
    this.#groups = new Uint32Array(slotsMin)
    this.#nextInGroup = new Float64Array(slotsMin)
    this.#mask = slotsMin - 1
    this.#byNumber.length = 0
  }

  #slotOf(position: number): number {
    return position & this.#mask
  }

  /** The oldest Event of a group makes room, if there is one. @returns the places that it took up */
  #coalesce(ofGroup: GroupEvents): number {
    if (ofGroup.oldest === none) return 0
    this.#coalescedCount++
    return this.#removeOldestOf(ofGroup)
  }

  /** @returns the places that it took up */
  #removeOldestOf(ofGroup: GroupEvents): number {
    const slot = this.#slotOf(ofGroup.oldest)
    const places = this.#places[slot]!
    ofGroup.oldest = ofGroup.oldest === ofGroup.newest ? none : this.#nextInGroup[slot]!
    this.#events[slot] = undefined
    this.#count--
    this.#budget.giveBack(1, places)
    while (this.#start < this.#end && this.#events[this.#slotOf(this.#start)] === undefined) this.#start++
    return places
  }

  /** Closes the gaps, and doubles the ring unless they were half of it. */
  #makeRoom(): void {
    const { length } = this.#events
    const capacity = this.#count <= length / 2 ? length : 2 * length
    const events = emptyRing(capacity)
    const ats = new Float64Array(capacity)
    const places = new Uint8Array(capacity)
    const groups = new Uint32Array(capacity)
    const nextInGroup = new Float64Array(capacity)
    let position = 0
    for (let old = this.#start; old < this.#end; old++) {
      const from = this.#slotOf(old)
      if (this.#events[from] === undefined) continue
      const ofGroup = this.#byNumber[this.#groups[from]!]!
      // Positions only become smaller, so no later one is mistaken for the oldest.
      if (ofGroup.oldest === old) ofGroup.oldest = position
      else nextInGroup[ofGroup.newest] = position
      ofGroup.newest = position
      events[position] = this.#events[from]
      ats[position] = this.#ats[from]!
      places[position] = this.#places[from]!
      groups[position++] = this.#groups[from]!
    }
    this.#events = events
    this.#ats = ats
    this.#places = places
    this.#groups = groups
    this.#nextInGroup = nextInGroup
    this.#mask = capacity - 1
    this.#start = 0
    this.#end = position
  }
}

function emptyRing(capacity: number): (LiveEvent | undefined)[] {
  return Array.from({ length: capacity })
}
