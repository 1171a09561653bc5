import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { describeFileError } from './describe-file-error.ts'

test('common failures have their own words', () => {
  expect(describeFileError(errorOf(() => readFileSync('no-such-file')))).toBe('there is no such file')
  expect(describeFileError(errorOf(() => readFileSync('.')))).toBe('it is a directory')
})

test('any other failure has the words of the system', () => {
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
