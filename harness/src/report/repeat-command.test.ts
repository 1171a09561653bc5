import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { repeatCommand } from './repeat-command.ts'

test('the command names the file and the test', () => {
  expect(repeatCommand('specs/alert.slung.yaml', 'quiet below it', false)).toBe(
    "npx slung-test specs/alert.slung.yaml -t '^quiet below it$'",
  )
  expect(repeatCommand('my specs/alert.slung.yaml', 'passes (nearly)', true)).toBe(
    `npx slung-test "my specs/alert.slung.yaml" -t '^passes \\(nearly\\) \\['`,
  )
})

test.skipIf(process.platform === 'win32')('a shell passes on a pattern that matches exactly the name', () => {
  const name = fc.string({ unit: fc.constantFrom(...'ab $`"\'\\!()[]{}*+?.^|€'), minLength: 1, maxLength: 12 })
  fc.assert(
    fc.property(name, (text) => {
      const command = repeatCommand('x.yaml', text, false).replace('npx slung-test', 'printf "%s\\n"')
      const [file, flag, pattern] = execFileSync('sh', ['-c', command], { encoding: 'utf8' }).split('\n')
      expect([file, flag]).toEqual(['x.yaml', '-t'])
      expect(new RegExp(pattern!).test(text)).toBe(true)
      expect(new RegExp(pattern!).test(`${text} and more`)).toBe(false)
    }),
    { numRuns: 30 },
  )
})
