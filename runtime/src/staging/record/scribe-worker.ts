/** The thread of a recording: takes facts, and gives back messages. Its priority is lower than that of the engine. */
import { constants, setPriority } from 'node:os'
import { parentPort, workerData } from 'node:worker_threads'
import type { RecordedFact } from './recorded-fact.ts'
import { Scribe, type DoneFact, type WrittenMessage } from './scribe.ts'
import type { FromScribe, ScribeData, ToScribe } from './scribe-thread.ts'

/** Messages are collected up to this size, so that many short ones cost one. */
const collectedUnitsMax = 262_144

const port = parentPort!
const { hasHistory } = workerData as ScribeData
const scribe = new Scribe(hasHistory)
const waiting: RecordedFact[] = []
let isWriting = false
let next: (() => void) | undefined

// On Linux this is about one thread; elsewhere it would be about the process.
if (process.platform === 'linux') setPriority(constants.priority.PRIORITY_BELOW_NORMAL)

port.on('message', (message: ToScribe) => {
  if (message === 'next') {
    next?.()
    return
  }
  for (const fact of message.facts) waiting.push(fact)
  if (!isWriting) void write()
})

async function write(): Promise<void> {
  isWriting = true
  let parts: (WrittenMessage | DoneFact)[] = []
  let units = 0
  const post = (): void => {
    if (parts.length > 0) port.postMessage(parts satisfies FromScribe)
    parts = []
    units = 0
  }
  for (let fact = waiting.shift(); fact !== undefined; fact = waiting.shift()) {
    for (const part of scribe.take(fact)) {
      parts.push(part)
      if ('doneBytes' in part) continue
      units += part.text.length
      if (part.isStored) {
        const sent = Promise.withResolvers<void>()
        next = sent.resolve
        post()
        await sent.promise
      } else if (units > collectedUnitsMax) {
        post()
      }
    }
  }
  post()
  isWriting = false
}
