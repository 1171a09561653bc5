import { Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { StreamOutput } from './stream-output.ts'

/** A stream that keeps what is written, or fails every write as the operating system would. */
function makeStream(failure?: { readonly code: string; readonly message: string }): Writable & { text: string } {
  const stream = new Writable({
    decodeStrings: false,
    write(chunk: string, _encoding, done) {
      if (failure === undefined) stream.text += chunk
      setImmediate(done, failure === undefined ? null : Object.assign(new Error(failure.message), failure))
    },
  }) as Writable & { text: string }
  return Object.assign(stream, { text: '' })
}

const readerLeft = { code: 'EPIPE', message: 'write EPIPE' }
const diskFull = { code: 'ENOSPC', message: 'ENOSPC: no space left on device, write' }

test('results and errors go to their streams, and finishing waits for them', async () => {
  const stdout = makeStream()
  const stderr = makeStream()
  const output = new StreamOutput(stdout, stderr)
  output.out('one\n')
  output.error('two\n')
  output.out('three\n')
  expect(await output.finish(1)).toBe(1)
  expect([stdout.text, stderr.text]).toEqual(['one\nthree\n', 'two\n'])
})

test('a reader that has left is not a failure, even for later writes', async () => {
  const stderr = makeStream()
  const output = new StreamOutput(makeStream(readerLeft), stderr)
  output.out('one\n')
  output.out('two\n')
  expect(await output.finish(1)).toBe(1)
  expect(stderr.text).toBe('')
})

test('any other error is one sentence and exit code 2', async () => {
  const stderr = makeStream()
  const output = new StreamOutput(makeStream(diskFull), stderr)
  output.out('one\n')
  output.out('two\n')
  expect(await output.finish(0)).toBe(2)
  expect(stderr.text).toBe('slung: cannot write the output: ENOSPC: no space left on device, write\n')
})

test('without a stream for the complaint, the exit code has to do', async () => {
  const output = new StreamOutput(makeStream(diskFull), makeStream(diskFull))
  output.out('one\n')
  output.error('two\n')
  expect(await output.finish(0)).toBe(2)
})
