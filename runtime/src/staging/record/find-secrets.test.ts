import { describe, expect, test } from 'vitest'
import {
  harmless,
  passphrase,
  passwords,
  privateKey,
  secretOf,
  shapes,
  webhooks,
  wrappings,
} from '../../../test/fuzz/secret-shapes.ts'
import { SeededRandom } from '../../testing/seeded-random.ts'
import { findSecrets } from './find-secrets.ts'
import type { Letters } from './letters.ts'
import { Redaction } from './redaction.ts'

const clock = { polledAt: 1_000_000, madeAt: 1_000_001 }

/** Everything that a recording could have of a text. */
function recorded(text: string): string[] {
  const redaction = new Redaction(clock)
  return [redaction.expectedText(text), redaction.givenText(text)]
}

describe.each(wrappings)('in the place "$name"', ({ wrap, isNamed, takesBlanks }) => {
  const random = new SeededRandom(7)
  test.each([...shapes, ...(isNamed ? passwords : [])])('$name is found', ({ make }) => {
    for (let round = 0; round < 20; round++) {
      const secret = make(random)
      for (const text of recorded(wrap(secret))) {
        expect(text).not.toContain(secret)
        expect(text).not.toContain(encodeURIComponent(secret))
      }
    }
  })

  test.runIf(takesBlanks)('several words are found', () => {
    const secret = passphrase(random)
    const words = secret.split(' ')
    for (const text of recorded(wrap(secret))) for (const word of words) expect(text).not.toContain(word)
  })
})

test.each(webhooks)('the path of a $name webhook is found', ({ make }) => {
  const random = new SeededRandom(7)
  for (let round = 0; round < 20; round++) {
    const url = make(random)
    const secret = secretOf(url)
    const redaction = new Redaction(clock)
    const texts = [redaction.url(url)!, ...recorded(`POST ${url} failed`), ...recorded(JSON.stringify({ url }))]
    for (const text of texts) expect(text).not.toContain(secret)
  }
})

test('a private key is found to its end', () => {
  const key = privateKey(new SeededRandom(7))
  const lines = key.split('\n').slice(1, -1)
  for (const text of [...recorded(`key:\n${key}\nend`), ...recorded(JSON.stringify({ pem: key, unit: 'C' }))]) {
    for (const line of lines) expect(text).not.toContain(line)
    expect(text).toMatch(/end|unit/)
  }
})

test.each(harmless)('%s stays', (text) => {
  expect([...findSecrets(text)].map(({ start, end }) => text.slice(start, end))).toEqual([])
})

/** A text that counts how often its characters are looked at. */
class CountedText implements Letters {
  readonly #text: string
  steps = 0

  constructor(text: string) {
    this.#text = text
  }

  get length(): number {
    return this.#text.length
  }

  charCodeAt(index: number): number {
    this.steps++
    return this.#text.charCodeAt(index)
  }

  slice(start: number, end: number): string {
    this.steps += end - start
    return this.#text.slice(start, end)
  }
}

/** Divided by commas, as people would write them: `\n` for a line feed. */
const beginnings = [
  String.raw`a=,a:,?a=,?key=,&key= ,token=,token:,token ,token\f,token =,tokens:[1],tokens:[,password, password:,password: ,password(`,
  String.raw`password(\n,password= ,password= null,password=null;,pin:1:,<password,<password>,<password ,<password>&lt,<token><![CDATA[`,
  String.raw`"token":",token%3D,token=",token=',token" ,name="token",name="token" value=,--token ,api key ,key key ,bearer ,basic a1`,
  String.raw`authorization:,authorization: \n,cookie: ,-eyJ,eyJabcdefg.,eyJabcdefg-eyJabcdefg.,SG.,ya29.a,://,://@,://a@,://:,/hooks/`,
  String.raw`://hooks/a1b2c3/,@,ghp_,xoxb-,AKIA,-----BEGIN,-----BEGIN RSA PRIVATE KEY,a1,A1b,aB3+,%2B,3e0bf19e-,[,{,{", ,\n,%,%22`,
  String.raw`&gt;,token&gt;,is ,token is ,a:token ,<a:token ,password: x\n,authorization: x\n`,
]
  .flatMap((line) => line.split(','))
  .map((beginning) => beginning.replace(String.raw`\n`, '\n').replace(String.raw`\f`, '\f'))
  .concat(
    ',',
    '\\',
    'token\\',
    String.raw`"token":\"`,
    String.raw`\"token\":\"`,
    'password: ,',
    String.raw`authorization: x\n"`,
  )

test.each(beginnings)('of a text full of %j, no character is looked at often', (beginning) => {
  const steps = (length: number): number => {
    const text = new CountedText(beginning.repeat(Math.ceil(length / beginning.length)).slice(0, length))
    Array.from(findSecrets(text))
    return text.steps
  }
  const [short, long] = [steps(4096), steps(32_768)]
  expect(long).toBeLessThanOrEqual(short * 8 * 1.1 + 1000)
  expect(long / 32_768).toBeLessThan(100)
})
