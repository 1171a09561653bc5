import { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import { expect, test } from 'vitest'
import { SocketPlaces } from './socket-places.ts'

function socketOf(remoteAddress: string): Socket {
  const socket = Object.assign(new EventEmitter(), {
    remoteAddress,
    destroyed: false,
    destroy() {
      socket.destroyed = true
      socket.emit('close')
    },
  })
  return socket as unknown as Socket
}

/** Opens sockets, in order. */
function open(places: SocketPlaces, ...addresses: string[]): Socket[] {
  const sockets = addresses.map(socketOf)
  for (const socket of sockets) places.open(socket)
  return sockets
}

const closed = (sockets: readonly Socket[]): boolean[] => sockets.map(({ destroyed }) => destroyed)

test('the oldest stranger of the address that has most makes room for a newcomer', () => {
  const places = new SocketPlaces({ strangersMax: 4, guestsMax: 1 })
  const sockets = open(places, 'a', 'b', 'b', 'c', 'd')
  expect(closed(sockets)).toEqual([false, true, false, false, false])
  expect(places.evictedCount).toBe(1)
})

test('one who has passed makes room for no stranger', () => {
  const places = new SocketPlaces({ strangersMax: 2, guestsMax: 2 })
  const [guest] = open(places, 'a')
  expect(places.enter(guest!)).toBe(true)
  places.rest(guest!)
  open(places, 'a', 'a', 'a', 'a')
  expect(guest!.destroyed).toBe(false)
})

test('a guest that is idle makes room for another, and one that is served does not', () => {
  const places = new SocketPlaces({ strangersMax: 9, guestsMax: 2 })
  const [one, two, three, four] = open(places, 'a', 'b', 'c', 'd')
  places.enter(one!)
  places.enter(two!)
  expect(places.enter(three!)).toBe(false)
  places.rest(two!)
  expect(places.enter(three!)).toBe(true)
  expect(closed([one!, two!, three!])).toEqual([false, true, false])
  // Two requests of one socket.
  places.enter(one!)
  places.rest(one!)
  expect(places.enter(four!)).toBe(false)
})

test('one that has become a WebSocket takes no place', () => {
  const places = new SocketPlaces({ strangersMax: 1, guestsMax: 1 })
  for (let count = 0; count < 5; count++) {
    const [socket] = open(places, 'a')
    places.leave(socket!)
    expect(socket!.destroyed).toBe(false)
  }
})
