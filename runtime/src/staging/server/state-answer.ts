/** `/workflows/NAME/state`: what a workflow remembers, as it was saved last. */
import type { StateValues } from '../../engine/model/state-values.ts'
import { oneLine } from '../../engine/text/quote.ts'
import type { Answer } from './answer.ts'

/** A value is text where it is UTF-8. */
export type RememberedValue = { readonly key: string } & ({ readonly text: string } | { readonly base64: string })

export interface StateAnswer {
  readonly workflow: string
  /** Of all keys and values. */
  readonly bytes: number
  /** In the order of their keys. */
  readonly values: readonly RememberedValue[]
}

/** UTF-16 units shown of a name. */
const nameUnitsMax = 200

/** @param stateOf - `null` when there is no such workflow */
export function answerState({ pathname }: URL, stateOf: (workflow: string) => StateValues | null): Answer<200 | 404> {
  const workflow = decode(pathname.split('/')[2]!)
  const values = stateOf(workflow)
  if (values === null) {
    return { status: 404, body: { error: `there is no workflow ${oneLine(workflow, nameUnitsMax)}; see /workflows` } }
  }
  const sorted = [...values].sort(([left], [right]) => (left < right ? -1 : 1))
  const bytes = sorted.reduce((sum, [key, value]) => sum + Buffer.byteLength(key) + value.length, 0)
  const body: StateAnswer = { workflow, bytes, values: sorted.map(([key, value]) => ({ key, ...describe(value) })) }
  return { status: 200, body }
}

function describe(value: Uint8Array): { readonly text: string } | { readonly base64: string } {
  try {
    return { text: strictUtf8.decode(value) }
  } catch {
    return { base64: Buffer.from(value).toString('base64') }
  }
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** A name that is not encoded as a URL says is no workflow's. */
function decode(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
