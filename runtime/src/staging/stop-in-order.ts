/** The order in which staging stops: the one of `Runtime`, and of the tests that run staging without sockets. */
import type { Recordings } from './record/recordings.ts'
import type { Connections } from './server/connections.ts'
import type { Stage } from './stage.ts'

export interface StoppingParts {
  readonly stage: Pick<Stage, 'stop' | 'close'>
  readonly connections: Pick<Connections, 'hold' | 'close'>
  readonly recordings: Pick<Recordings, 'finish'>
  /** Resolves when all connections are gone; no new one opens meanwhile. */
  readonly closed: Promise<unknown>
}

/**
 * Takes no more samples, lets the workflows poll what is waiting for them, ends them and then the recordings of them, says
 * goodbye to producers, and makes everything durable.
 *
 * @throws {SlungError} `store-failed` when the rest cannot be written
 */
export async function stopInOrder({ stage, connections, recordings, closed }: StoppingParts): Promise<void> {
  connections.hold()
  const recorded = recordings.finish()
  await stage.stop()
  await recorded
  connections.close()
  await closed
  await stage.close()
}
