/**
 * `npm run fuzz -- redaction`: secrets made up by chance, in places made up by chance, until the time is over or one of
 * the laws is broken:
 *
 * 1. No secret is in what a recording keeps of a text.
 * 2. What replaces a text still matches it.
 * 3. JSON that is given to a workflow is still JSON.
 * 4. Nothing is left to take out of what was given once.
 * 5. Harmless texts stay as they are.
 */
import { parseArgs } from 'node:util'
import { Redaction } from '../../src/staging/record/redaction.ts'
import { SeededRandom } from '../../src/testing/seeded-random.ts'
import { harmless, passphrase, passwords, secretOf, shapes, webhooks, wrappings } from './secret-shapes.ts'

const clock = { polledAt: 1_000_000, madeAt: 1_000_001 }
const progressMillis = 10_000

/** @returns the exit code */
export async function fuzz(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { minutes: { type: 'string', default: '1' }, seed: { type: 'string', default: String(Date.now() % 1e9) } },
  })
  const first = Number(values.seed)
  const until = performance.now() + Number(values.minutes) * 60_000
  let reportAt = performance.now() + progressMillis
  for (let seed = first; performance.now() < until; seed++) {
    const problem = checkRedaction(seed)
    if (problem !== null) {
      console.log(`seed ${seed}: ${problem}\nto repeat it: npm run fuzz -- redaction --seed ${seed}`)
      return 1
    }
    if (performance.now() < reportAt) continue
    reportAt += progressMillis
    console.log(`${seed - first + 1} texts, from seed ${first} on: every law holds`)
  }
  return 0
}

/** Checks the laws for one text. @returns which of them it breaks; `null` = none */
export function checkRedaction(seed: number): string | null {
  const random = new SeededRandom(seed)
  const { text, secrets } = makeText(random)
  const redaction = new Redaction(clock)
  const [expected, given] = [redaction.expectedText(text), redaction.givenText(text)]
  const json = jsonOf(text)
  const kept = [expected, given, JSON.stringify([redaction.expectedJson(json), redaction.givenJson(json)])]
  for (const secret of secrets) {
    for (const one of [...kept, ...redaction.secrets, ...redaction.inexact]) {
      if (one.includes(secret))
        return `${JSON.stringify(secret)} is left in ${JSON.stringify(one)}, from ${JSON.stringify(text)}`
    }
  }
  if (!matches(expected, text)) return `${JSON.stringify(expected)} does not match ${JSON.stringify(text)}`
  if (json !== undefined && jsonOf(given) === undefined)
    return `${JSON.stringify(given)} is not JSON any more, from ${JSON.stringify(text)}`
  const again = new Redaction(clock).givenText(given)
  if (again !== given) return `${JSON.stringify(given)} becomes ${JSON.stringify(again)}, from ${JSON.stringify(text)}`
  if (secrets.length === 0 && given !== text) return `${JSON.stringify(text)} becomes ${JSON.stringify(given)}`
  return null
}

interface MadeText {
  readonly text: string
  /** As they must not occur, in every form in which they are in the text. */
  readonly secrets: readonly string[]
}

function makeText(random: SeededRandom): MadeText {
  const pick = <Item>(items: readonly Item[]): Item => items[random.below(items.length)]!
  const secrets: string[] = []
  const makePiece = (): string => {
    switch (random.below(5)) {
      case 0:
      case 1:
        return pick(harmless)
      case 2: {
        const url = pick(webhooks).make(random)
        secrets.push(secretOf(url))
        return `sent to ${url} in 5 ms`
      }
      default: {
        const { wrap, isNamed, takesBlanks } = pick(wrappings)
        const isPhrase = takesBlanks === true && random.below(8) === 0
        const secret = isPhrase ? passphrase(random) : pick([...shapes, ...(isNamed ? passwords : [])]).make(random)
        secrets.push(...(isPhrase ? secret.split(' ') : [secret, encodeURIComponent(secret)]))
        return wrap(secret)
      }
    }
  }
  // What is in JSON is not in the middle of a line, so that a phrase ends where its line does.
  const makeLines = (): string =>
    Array.from({ length: 1 + random.below(4) }, makePiece).join(pick(['\n', '\r\n', '\n\n']))
  const makeValue = (depth: number): unknown => {
    switch (random.below(depth === 0 ? 3 : 7)) {
      case 0:
        return pick([21.5, -1, 1_767_258_000_123_449, true, null, 'high', '3e0bf19e-0b1a-4c5d-9f7e-1b2c3d4e5f60'])
      case 1:
      case 2:
        return makeLines()
      case 3:
        return JSON.stringify(makeValue(depth - 1))
      case 4:
        return Array.from({ length: 2 + random.below(3) }, () => makeValue(depth - 1))
      default:
        return Object.fromEntries(['sensor', 'value', 'note'].map((name) => [name, makeValue(depth - 1)]))
    }
  }
  const value = makeValue(3)
  return { text: random.below(2) === 0 && typeof value === 'object' ? JSON.stringify(value) : makeLines(), secrets }
}

function matches(expected: string, text: string): boolean {
  const pattern = /^<\/(.*)\/(s?)>$/s.exec(expected)
  return pattern === null ? expected === text : new RegExp(pattern[1]!, pattern[2]).test(text)
}

/** `undefined` = it is not JSON. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
