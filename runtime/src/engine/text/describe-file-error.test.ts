import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { describeFileError } from './describe-file-error.ts'

test('what people run into has words of its own', () => {
  expect(describeFileError(errorOf(() => readFileSync('no-such-file')))).toBe('there is no such file')
  expect(describeFileError(errorOf(() => readFileSync('.')))).toBe('it is a folder')
})

test('anything else says what the system said', () => {
  expect(describeFileError(new Error('EACCES: permission denied'))).toBe('EACCES: permission denied')
  expect(describeFileError('torn out')).toBe('torn out')
})

function errorOf(read: () => unknown): unknown {
  try {
    return read()
  } catch (error) {
    return error
  }
}
