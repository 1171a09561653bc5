import { expect, test } from 'vitest'
import { parseByteSize } from './byte-size.ts'

test.each([
  ['512', 512],
  ['512B', 512],
  ['64KiB', 65_536],
  ['64kb', 64_000],
  ['10MB', 10_000_000],
  ['1 GiB', 1_073_741_824],
  ['2TB', 2_000_000_000_000],
  ['3tib', 3_298_534_883_328],
  ['0', 0],
])('"%s" is %d bytes', (text, bytes) => {
  expect(parseByteSize(text)).toBe(bytes)
})

test.each(['', 'KiB', '64K', '1.5GiB', '-1', '1e6', '10 MB each', '1PB', '9008TB', '9'.repeat(400)])(
  '"%s" is not a size',
  (text) => {
    expect(parseByteSize(text)).toBeNull()
  },
)
