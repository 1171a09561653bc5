/** A history elsewhere, like a database over a network: it answers, or fails, in a later event turn. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { HistorySource, LocalHistory } from '../src/engine/store/history-source.ts'

/** The same history, further away. */
export function distant(history: LocalHistory): HistorySource {
  return {
    series: (id) => history.series(id),
    summarise: async (selection, span) => {
      await nextTurn()
      return history.summarise(selection, span)
    },
    select: async (selection, span, visit) => {
      await nextTurn()
      history.select(selection, span, visit)
    },
    close: () => history.close(),
  }
}
