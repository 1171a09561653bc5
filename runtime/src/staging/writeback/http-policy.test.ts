import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SlungError } from '../../engine/model/slung-error.ts'
import { isAllowed, parseAllowPattern, portOf, suggestPattern } from './http-policy.ts'

test.each([
  [
    'hooks.example.com',
    [
      'https://hooks.example.com/',
      'http://hooks.example.com/a?b',
      'https://hooks.example.com:443/',
      'https://HOOKS.example.COM/',
    ],
    [
      'https://hooks.example.com:8443/',
      'http://hooks.example.com:443/',
      'https://a.hooks.example.com/',
      'https://example.com/',
    ],
  ],
  [
    'hooks.example.com:8443',
    ['https://hooks.example.com:8443/', 'http://hooks.example.com:8443/'],
    ['https://hooks.example.com/', 'https://hooks.example.com:8444/'],
  ],
  ['hooks.example.com:443', ['https://hooks.example.com/'], ['http://hooks.example.com/']],
  [
    '*.example.com',
    ['https://a.example.com/', 'https://a.b.example.com/'],
    ['https://example.com/', 'https://aexample.com/', 'https://.example.com/', 'https://a.example.com.evil.net/'],
  ],
  [
    'https://api.example.com/v1/',
    ['https://api.example.com/v1/', 'https://api.example.com/v1/x?y', 'https://api.example.com/v1/group%2fproject'],
    [
      'http://api.example.com/v1/',
      'https://api.example.com/v1',
      'https://api.example.com/v10/',
      'https://api.example.com/V1/',
    ],
  ],
  [
    'https://api.example.com/v1',
    ['https://api.example.com/v1', 'https://api.example.com/v1/x', 'https://api.example.com/v1?x'],
    ['https://api.example.com/v10', 'https://api.example.com/'],
  ],
  ['https://*.example.com:8443/in/', ['https://a.example.com:8443/in/x'], ['https://a.example.com/in/x']],
  [
    '127.0.0.1:9000',
    ['http://127.0.0.1:9000/', 'http://0x7f.1:9000/', 'http://2130706433:9000/'],
    ['http://127.0.0.2:9000/'],
  ],
  ['[::1]:9000', ['http://[::1]:9000/', 'http://[0:0:0:0:0:0:0:1]:9000/'], ['http://[::2]:9000/', 'http://[::1]/']],
  ['localhost:3000', ['http://localhost:3000/'], ['http://localhost/', 'http://127.0.0.1:3000/']],
  ['MÜNCHEN.example', ['https://münchen.example/', 'https://xn--mnchen-3ya.example/'], ['https://munchen.example/']],
  ['*', ['https://any.example/', 'http://10.0.0.1:1234/x'], ['ftp://any.example/', 'file:///etc/passwd', 'data:,x']],
])('%s allows and denies', (text, allowed, denied) => {
  const patterns = [parseAllowPattern(text)]
  const decide = (url: string) => isAllowed(new URL(url), patterns)
  expect(allowed.filter((url) => !decide(url))).toEqual([])
  expect(denied.filter(decide)).toEqual([])
})

test('no spelling of .. leaves an allowed path', () => {
  const patterns = [parseAllowPattern('https://api.example.com/v1/')]
  const ups = [
    '..',
    '%2e%2e',
    '.%2E',
    '%252e%252e',
    '%%32e.',
    '..;x',
    '..%00',
    '..%20',
    // Longer than UTF-8 has it, with and without the mark of a following byte, and encoded twice.
    '%c0%ae%c0%ae',
    '%C0%2E%C0%2E',
    '%e0%80%ae%e0%80%ae',
    '%f0%80%80%ae.',
    '%f8%80%80%80%ae.',
    '%25c0%25ae.',
    '%u002e%u002e',
    '%U002E.',
    '%25u002e%25u002e',
    '%uff0e%uff0e',
    // Full-width, small, leaders of one, two and three dots.
    '．．',
    '%ef%bc%8e%ef%bc%8e',
    '﹒﹒',
    '․․',
    '‥',
    '…',
    '︰',
    '%25ef%25bc%258e.',
  ]
  const ascii = ['/', '\\', '%2f', '%5C', '%252f', '%25%32%46', '%2525252f']
  const slashes = [...ascii, '%c0%af', '%u002f', '%u2215', '%ef%bc%8f', '%e2%88%95']
  const urls = ups.flatMap((up) => slashes.map((slash) => `https://api.example.com/v1${slash}${up}${slash}admin`))
  urls.push('https://api.example.com/v1/..', `https://api.example.com/v1/%${'25'.repeat(2000)}2e/`)
  expect(urls.filter((url) => isAllowed(new URL(url), patterns))).toEqual([])
  const harmless = ['a..b', 'caf%c3%a9', '%e6%9d%b1%e4%ba%ac', '.well-known', '100%', '%u0061'].map(
    (name) => `https://api.example.com/v1/${name}`,
  )
  expect(harmless.filter((url) => !isAllowed(new URL(url), patterns))).toEqual([])
})

test.each([
  ['', 'it is empty'],
  ['a.example b.example', 'it is more than one word; give each pattern on its own'],
  ['a.example,b.example', 'it is more than one word; give each pattern on its own'],
  ['http//a.example', 'did you mean http://a.example'],
  ['https:a.example', 'did you mean https://a.example'],
  ['https:/a.example', 'did you mean https://a.example'],
  ['ftp://a.example', 'only https and http are supported'],
  ['https://me:pw@a.example/', 'it contains a user name or password'],
  ['me@a.example', 'it contains a user name or password'],
  ['a.example?x=1', 'a pattern ends with the path'],
  ['https://a.example/#x', 'a pattern ends with the path'],
  ['https://a.example\\x', 'expected / for \\'],
  ['a.*.example', 'a wildcard stands for whole names at the front'],
  ['*a.example', 'a wildcard stands for whole names at the front'],
  ['*.*.example', 'a wildcard stands for whole names at the front'],
  ['**', 'a wildcard stands for whole names at the front'],
  ['*:80', 'a port needs a host'],
  ['*.127.0.0.1', 'only names have subdomains'],
  ['*.1', 'only names have subdomains'],
  ['https://a.example/v1/*', 'a path stands for everything under it'],
  ['https://a.example/v1/../', 'a path may not contain ..'],
  ['https://a.example/v1/%2e%2e/', 'a path may not contain ..'],
  ['a.example/v1/', 'a path needs a scheme, such as https://a.example/v1/'],
  ['::1', 'an IPv6 address is written in brackets'],
  ['[::1', 'expected a host'],
  ['[::g]', '"[::g]" is not a host name'],
  ['a..example', '"a..example" is not a host name'],
  ['1.2.3.400', '"1.2.3.400" is not a host name'],
  ['a.example:', 'expected a host'],
  ['a.example:http', 'expected a host'],
  ['a.example:65536', 'the highest port is 65535'],
  ['https:///x', 'expected a host'],
])('%j is refused: %s', (text, problem) => {
  expect(() => parseAllowPattern(text)).toThrow(
    expect.objectContaining({
      code: 'bad-allow-pattern',
      message: expect.stringContaining(problem) as string,
    }) as Error,
  )
})

test('the suggestion for a denial is no wider than necessary', () => {
  const suggest = (url: string, ...allow: string[]) => suggestPattern(new URL(url), allow.map(parseAllowPattern))
  expect(suggest('https://hooks.example.com/x?key=1')).toBe('hooks.example.com')
  expect(suggest('http://[::1]:9000/')).toBe('[::1]:9000')
  expect(suggest('https://api.example.com/v2/x', 'https://api.example.com/v1/')).toBe('https://api.example.com/v2/x')
  expect(suggest('http://api.example.com/', 'https://api.example.com/')).toBe('http://api.example.com/')
})

// Texts that are nearly patterns find more bugs than arbitrary ones.
const piece = fc.constantFrom(
  'a',
  'b.c',
  '*',
  '*.',
  'http',
  'https',
  '://',
  ':',
  '/',
  '//',
  '.',
  '..',
  '80',
  '@',
  '?',
  '#',
  '%2e',
)
const wildText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fc.oneof(piece, fc.string({ maxLength: 2 })), { maxLength: 8 }).map((pieces) => pieces.join('')),
)
const hostname = fc
  .array(fc.constantFrom('a', 'b', 'ab', 'example', 'com', 'x-1'), { minLength: 1, maxLength: 4 })
  .map((labels) => labels.join('.'))
const path = fc
  .array(fc.constantFrom('v1', 'v10', 'x', '..', '.', '%2e%2e', 'a%2fb', '', '*', '@me'), { maxLength: 4 })
  .map((segments) => `/${segments.join('/')}`)
const port = fc.constantFrom('', ':80', ':443', ':8080')
const webUrl = fc
  .tuple(fc.constantFrom('https', 'http'), hostname, port, path)
  .map(([scheme, host, colonPort, pathname]) => new URL(`${scheme}://${host}${colonPort}${pathname}`))

test('law: reading a pattern fails with a SlungError or not at all', () => {
  fc.assert(
    fc.property(wildText, (text) => {
      try {
        parseAllowPattern(text)
      } catch (error) {
        expect(error).toBeInstanceOf(SlungError)
      }
    }),
    { numRuns: 2000 },
  )
})

test('law: only the hosts of patterns, or names under a wildcard, are reached, on the port of the pattern', () => {
  const entry = fc.record({ host: hostname, wildcard: fc.boolean(), port })
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 3 }), webUrl, (entries, url) => {
      const patterns = entries.map((each) => parseAllowPattern(`${each.wildcard ? '*.' : ''}${each.host}${each.port}`))
      // The model compares labels, from the right.
      const labels = url.hostname.split('.').reverse()
      const expected = entries.some((each) => {
        const named = each.host.split('.').reverse()
        const under = named.every((label, index) => labels[index] === label)
        const portMatches = each.port === '' ? url.port === '' : `:${portOf(url)}` === each.port
        return under && portMatches && (each.wildcard ? labels.length > named.length : labels.length === named.length)
      })
      expect(isAllowed(url, patterns)).toBe(expected)
    }),
    { numRuns: 2000 },
  )
})

test('law: adding the suggestion allows the URL', () => {
  const limits = fc.array(
    hostname.map((host) => `https://${host}/v1/`),
    { maxLength: 2 },
  )
  fc.assert(
    fc.property(webUrl, limits, (url, allow) => {
      const added = parseAllowPattern(suggestPattern(url, allow.map(parseAllowPattern)))
      expect(isAllowed(url, [added])).toBe(true)
    }),
    { numRuns: 2000 },
  )
})
