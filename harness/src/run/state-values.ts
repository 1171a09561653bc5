/** What a workflow remembers at the start of a replay, as a test gives it. */
import { GuestState, HostRefusal, type StateValues } from '@slung/runtime'

export function stateOfTexts(texts: Readonly<Record<string, string>>): StateValues {
  return new Map(Object.entries(texts).map(([key, text]) => [key, Buffer.from(text)]))
}

/** Why no workflow could remember this; `null` when one could. */
export function findStateProblem(values: StateValues): string | null {
  const state = new GuestState()
  try {
    for (const [key, value] of values) state.set(key, value)
    return null
  } catch (error) {
    if (error instanceof HostRefusal) return error.message
    throw error
  }
}
