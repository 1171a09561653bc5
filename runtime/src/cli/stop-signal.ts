/** Ctrl-C for a command that has something to finish first. */
import type { EventEmitter } from 'node:events'

const stopSignals: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP']

/**
 * Calls `stop` with the first signal that asks this process to end. A second one ends it, as if this were not here.
 *
 * @param source - `process`, except in tests
 * @returns removes the listeners
 */
export function onStopSignal(
  stop: (signal: NodeJS.Signals) => void,
  source: Pick<EventEmitter, 'on' | 'off'> = process,
): () => void {
  const end = (): void => {
    for (const name of stopSignals) source.off(name, onSignal)
  }
  const onSignal = (signal: NodeJS.Signals): void => {
    end()
    stop(signal)
  }
  for (const name of stopSignals) source.on(name, onSignal)
  return end
}
