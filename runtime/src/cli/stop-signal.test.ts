import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { onStopSignal } from './stop-signal.ts'

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'])('%s asks to stop, and the next signal finds no listener', (signal) => {
  const source = new EventEmitter()
  const seen: string[] = []
  onStopSignal((name) => seen.push(name), source)
  expect(source.emit(signal, signal)).toBe(true)
  expect(source.emit('SIGINT', 'SIGINT')).toBe(false)
  expect(source.emit('SIGTERM', 'SIGTERM')).toBe(false)
  expect(source.emit('SIGHUP', 'SIGHUP')).toBe(false)
  expect(seen).toEqual([signal])
})

test('a finished command has no listeners', () => {
  const source = new EventEmitter()
  const end = onStopSignal(() => expect.unreachable(), source)
  end()
  expect(source.eventNames()).toEqual([])
})
