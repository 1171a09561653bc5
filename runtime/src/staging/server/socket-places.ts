/**
 * The places for sockets, so that those who may not pass the gate cannot keep out those who may.
 *
 * A socket is a stranger until a request of it has passed. Strangers have places of their own: when they are full, the
 * newcomer gets the place of the stranger that has waited longest, among those of the address that has most. So a
 * client needs only as long as it takes to send its first request, however many idle sockets others open. Sockets whose
 * requests pass have other places, which they leave for WebSockets, or when they are idle and others need them.
 */
import type { Socket } from 'node:net'
import { clientAddress } from './client-address.ts'

export interface SocketPlacesOptions {
  readonly strangersMax: number
  /** Sockets for requests, without those that have become WebSockets. */
  readonly guestsMax: number
}

export class SocketPlaces {
  readonly #options: SocketPlacesOptions
  /** By address, oldest first. */
  readonly #strangers = new Map<string, Set<Socket>>()
  #strangerCount = 0
  /** Sockets that passed, with how many of their requests are being answered; those idle longest come first. */
  readonly #guests = new Map<Socket, number>()
  #evictedCount = 0

  constructor(options: SocketPlacesOptions) {
    this.#options = options
  }

  /** Strangers that had to make room so far. */
  get evictedCount(): number {
    return this.#evictedCount
  }

  /** Takes in a new socket. */
  open(socket: Socket): void {
    const address = clientAddress(socket.remoteAddress)
    let others = this.#strangers.get(address)
    if (others === undefined) this.#strangers.set(address, (others = new Set()))
    others.add(socket)
    this.#strangerCount++
    socket.once('close', () => {
      this.#removeStranger(address, socket)
      this.#guests.delete(socket)
    })
    if (this.#strangerCount > this.#options.strangersMax) this.#evictStranger()
  }

  /** A request of the socket has passed the gate, and is going to be answered. @returns whether there is a place for it */
  enter(socket: Socket): boolean {
    if (!this.#guests.has(socket)) {
      if (this.#guests.size >= this.#options.guestsMax && !this.#evictGuest()) return false
      this.#removeStranger(clientAddress(socket.remoteAddress), socket)
    }
    this.#guests.set(socket, (this.#guests.get(socket) ?? 0) + 1)
    return true
  }

  /** One of its requests is answered. */
  rest(socket: Socket): void {
    const count = this.#guests.get(socket)
    if (count === undefined) return
    this.#guests.delete(socket)
    this.#guests.set(socket, count - 1)
  }

  /** It becomes a WebSocket, which others count. */
  leave(socket: Socket): void {
    this.#removeStranger(clientAddress(socket.remoteAddress), socket)
    this.#guests.delete(socket)
  }

  #removeStranger(address: string, socket: Socket): void {
    const others = this.#strangers.get(address)
    if (others?.delete(socket) !== true) return
    this.#strangerCount--
    if (others.size === 0) this.#strangers.delete(address)
  }

  #evictStranger(): void {
    let crowd: [address: string, sockets: Set<Socket>] | undefined
    for (const entry of this.#strangers) {
      if (crowd === undefined || entry[1].size > crowd[1].size) crowd = entry
    }
    const [address, sockets] = crowd!
    const [oldest] = sockets
    this.#removeStranger(address, oldest!)
    this.#evictedCount++
    oldest!.destroy()
  }

  /** @returns whether one was idle */
  #evictGuest(): boolean {
    for (const [socket, requestCount] of this.#guests) {
      if (requestCount > 0) continue
      this.#guests.delete(socket)
      socket.destroy()
      return true
    }
    return false
  }
}
