import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parseToken, readTokenFile } from './token.ts'

let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'slung-token-'))
})
afterAll(() => rm(directory, { recursive: true }))

test('a token is printable ASCII', () => {
  expect(parseToken('aZ09-._~+/=')).toBe('aZ09-._~+/=')
})

test.each(['hunter 2', 'hunter2\n', 'hunter2\u0000', 'hünter2', '\u007fhunter2'])(
  'what cannot be sent in a header is refused, and not repeated (%j)',
  (token) => {
    const message =
      'the token has a space, a control character or a letter that is not ASCII; expected printable ASCII without spaces'
    expect(() => parseToken(token)).toThrow(expect.objectContaining({ code: 'bad-token', message }))
  },
)

test('an empty token is refused: it would look like protection', () => {
  expect(() => parseToken('')).toThrow('the token is empty; leave it out to run without one')
})

test('line breaks at the end of a token file do not belong to the token', async () => {
  const file = join(directory, 'token')
  await writeFile(file, 'hunter2\r\n\n')
  expect(readTokenFile(file)).toBe('hunter2')
})

test('a token file with more than a token is refused, and not repeated', async () => {
  const file = join(directory, 'two-lines')
  await writeFile(file, 'hunter2\nhunter3\n')
  expect(() => readTokenFile(file)).toThrow(/^the token has a space, a control character or/)
})

test('the error about a missing token file names it', () => {
  const file = join(directory, 'missing')
  expect(() => readTokenFile(file)).toThrow(`cannot read the token file "${file}": there is no such file`)
  expect(() => readTokenFile(directory)).toThrow(`cannot read the token file "${directory}": it is a directory`)
})
