import { expect, test } from 'vitest'
import { decodePunycode } from './punycode.ts'

/* Sample strings of RFC 3492, section 7.1, and of RFC 2603. */
test.each([
  ['ihqwcrb4cv8a8dqg056pqjye', '他们为什么不说中文'],
  ['Proprostnemluvesky-uyb24dma41a', 'Pročprostěnemluvíčesky'],
  ['MajiKoi5-783gue6qz075azm5e', 'MajiでKoiする5秒前'],
  ['d9juau41awczczp', 'そのスピードで'],
  ['gdel-5qa', 'gödel'],
])('%s reads %s', (written, text) => {
  expect(decodePunycode(written)).toBe(text)
})

test.each(['', 'a-', '-', 'z', 'zzzzzzzz9zzz9', 'a-Z', 'a-é', '99999999'])('%j cannot be decoded', (written) => {
  expect(decodePunycode(written)).toBeNull()
})
