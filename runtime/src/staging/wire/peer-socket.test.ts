import { EventEmitter } from 'node:events'
import { beforeEach, expect, test } from 'vitest'
import type { WebSocket } from 'ws'
import { VirtualTime } from '../../../test/virtual-time.ts'
import { PeerSocket } from './peer-socket.ts'

/** A WebSocket of `ws` whose peer does nothing. */
class QuietSocket extends EventEmitter {
  readonly OPEN = 1
  readonly calls: string[] = []
  readyState = 1
  bufferedAmount = 0
  isPaused = false

  send(text: string, onSent?: () => void): void {
    this.calls.push(`send ${text}`)
    onSent?.()
  }

  ping(): void {
    this.calls.push('ping')
  }

  close(code: number, reason?: string): void {
    this.calls.push(`close ${code} ${reason}`)
    this.readyState = 2
  }

  terminate(): void {
    this.calls.push('terminate')
    this.readyState = 3
    this.emit('close')
  }
}

let time: VirtualTime
let socket: QuietSocket
let peer: PeerSocket
beforeEach(() => {
  time = new VirtualTime(0)
  socket = new QuietSocket()
  peer = new PeerSocket(socket as unknown as WebSocket, {
    timers: time,
    bufferBytesMax: () => 100,
    cutOffReason: 'it does not read',
    onCutOff: () => socket.calls.push('cut off'),
  })
})

test('a peer that lets too much wait is cut off, once', () => {
  socket.bufferedAmount = 60
  expect(peer.keepsUp(40)).toBe(true)
  expect(peer.keepsUp(41)).toBe(false)
  expect(peer.keepsUp(41)).toBe(false)
  peer.send('too late')
  expect(socket.calls).toEqual(['cut off', 'close 1008 it does not read', 'terminate'])
})

test('a peer that does not answer a ping is terminated at the next one', () => {
  peer.checkAlive()
  socket.emit('pong')
  peer.checkAlive()
  expect(socket.calls).toEqual(['ping', 'ping'])
  peer.checkAlive()
  expect(socket.calls).toEqual(['ping', 'ping', 'terminate'])
})

test('a peer that is not read cannot answer, and is not asked', () => {
  peer.checkAlive()
  socket.isPaused = true
  peer.checkAlive()
  peer.checkAlive()
  expect(socket.calls).toEqual(['ping'])
})

test('the answer to a goodbye has a time limit', async () => {
  peer.close(1001, 'the runtime is stopping')
  peer.terminateIn(1000)
  await time.advance(999)
  expect(socket.calls).toEqual(['close 1001 the runtime is stopping'])
  await time.advance(1)
  expect(socket.calls).toEqual(['close 1001 the runtime is stopping', 'terminate'])
})

test('a goodbye that is answered leaves no timer', async () => {
  peer.terminateIn(1000)
  socket.emit('close')
  await time.advance(2000)
  expect(socket.calls).toEqual([])
})

test('a goodbye waits as long as something moves, or is about to', async () => {
  let isWorking = true
  socket.bufferedAmount = 100
  peer.terminateWhenStuck(1000, () => isWorking)
  socket.bufferedAmount = 50
  await time.advance(1000)
  await peer.sent('more')
  await time.advance(1000)
  socket.bufferedAmount = 0
  await time.advance(5000)
  expect(socket.calls).toEqual(['send more'])
  isWorking = false
  await time.advance(1000)
  expect(socket.calls).toEqual(['send more', 'terminate'])
})

test('a goodbye that nobody reads is cut off', async () => {
  socket.bufferedAmount = 50
  peer.terminateWhenStuck(1000, () => true)
  await time.advance(999)
  expect(socket.calls).toEqual([])
  await time.advance(1)
  expect(socket.calls).toEqual(['terminate'])
})

test('a connection that breaks is not an error of the process', async () => {
  expect(socket.emit('error', new Error('read ECONNRESET'))).toBe(true)
  await peer.sent('all the same')
  expect(socket.calls).toEqual(['send all the same'])
})
