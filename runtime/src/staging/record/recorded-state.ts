/** What a workflow remembered, as texts that a spec can preset, without secrets. */
import { Redaction } from './redaction.ts'
import type { StateFact } from './recorded-fact.ts'
import type { StateMessage } from './record-protocol.ts'
import { isSecretName } from './secrets.ts'
import { firstSecret } from './variable-parts.ts'

export function describeState({ workflow, values, clock }: StateFact): StateMessage {
  const redaction = new Redaction(clock)
  const texts: [key: string, text: string][] = []
  const bytes: string[] = []
  const secrets = new Set<string>()
  for (const [key, value] of values) {
    const text = textOf(value)
    if (firstSecret(key) !== null) secrets.add('a key of its state')
    else if (text === null) bytes.push(key)
    else if (isSecretName(key)) secrets.add(`"${key}" in its state`)
    else texts.push([key, redaction.givenText(text)])
  }
  return { kind: 'state', workflow, values: texts, bytes, secrets: [...secrets, ...redaction.secrets] }
}

function textOf(value: Uint8Array): string | null {
  try {
    return strictUtf8.decode(value)
  } catch {
    return null
  }
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
