import { expect, test } from 'vitest'
import { formatUsageError } from './usage-error.ts'

test.each([
  ["error: unknown option '--lnger'\n(Did you mean --linger?)", `unknown option '--lnger' (Did you mean --linger?)`],
  [
    "error: option '--lang <language>' argument 'go' is invalid. Allowed choices are as, rust.",
    `option '--lang <language>' argument 'go' is invalid: expected as or rust`,
  ],
  [
    "error: option '--pace <speed>' argument 'x' is invalid. expected a number above 0, such as 1 or 10",
    `option '--pace <speed>' argument 'x' is invalid: expected a number above 0, such as 1 or 10`,
  ],
  [
    "error: too many arguments for 'check'. Expected 1 argument but got 2: a.wasm, b.wasm.",
    `too many arguments for 'check': expected 1 argument but got 2: a.wasm, b.wasm`,
  ],
  ["error: missing required argument 'file'", `missing required argument 'file'`],
])('%j is one sentence that ends with where to find help', (text, sentence) => {
  expect(formatUsageError(`${text}\n`, 'slung send')).toBe(`slung send: ${sentence}; see "slung send --help"\n`)
})
