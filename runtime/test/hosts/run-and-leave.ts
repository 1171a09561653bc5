// A program that runs one guest and leaves its thread open: it must end nevertheless.
import { GuestThread } from '../../src/guest/run/guest-thread.ts'
import { loadTestGuest } from '../compile-guest.ts'

const { outcome } = await new GuestThread().run({
  module: await loadTestGuest('poll-forever'),
  host: { module: new URL('./thread-host.ts', import.meta.url).href, options: {} },
  watchdogMillis: 60_000,
})
process.stdout.write(`${outcome.kind}\n`)
