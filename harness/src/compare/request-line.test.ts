import { expect, test } from 'vitest'
import { isSameUrl, parseRequestLine } from './request-line.ts'

test('a request line is a method and an absolute URL, or a placeholder for it', () => {
  expect(parseRequestLine('POST https://a.example/x?y=1')).toEqual({ method: 'POST', url: 'https://a.example/x?y=1' })
  expect(parseRequestLine('GET   http://[::1]:8080')).toEqual({ method: 'GET', url: 'http://[::1]:8080' })
  expect(parseRequestLine('PUT </alerts/\\d+$/>')).toEqual({ method: 'PUT', url: '</alerts/\\d+$/>' })
})

test('anything else is refused with what is wrong', () => {
  expect(() => parseRequestLine('')).toThrowErrorMatchingInlineSnapshot(
    `[SlungError: cannot read the request "": it is empty; expected a method and a URL, such as POST https://example.com/alerts]`,
  )
  expect(() => parseRequestLine('post https://a.example')).toThrowErrorMatchingInlineSnapshot(
    `[SlungError: cannot read the request "post https://a.example": a workflow cannot send "post" (did you mean POST?); expected a method and a URL, such as POST https://example.com/alerts]`,
  )
  expect(() => parseRequestLine('PATCH https://a.example')).toThrowErrorMatchingInlineSnapshot(
    `[SlungError: cannot read the request "PATCH https://a.example": a workflow cannot send "PATCH" (only GET, POST, PUT, DELETE); expected a method and a URL, such as POST https://example.com/alerts]`,
  )
  expect(() => parseRequestLine('https://a.example')).toThrowErrorMatchingInlineSnapshot(
    `[SlungError: cannot read the request "https://a.example": it has no method; expected a method and a URL, such as POST https://example.com/alerts]`,
  )
  expect(() => parseRequestLine('POST')).toThrowErrorMatchingInlineSnapshot(
    `[SlungError: cannot read the request "POST": it has no URL; expected a method and a URL, such as POST https://example.com/alerts]`,
  )
  expect(() => parseRequestLine('POST /alerts')).toThrowErrorMatchingInlineSnapshot(
    `[SlungError: cannot read the request "POST /alerts": "/alerts" is not an absolute http or https URL; expected a method and a URL, such as POST https://example.com/alerts]`,
  )
  expect(() => parseRequestLine('POST ftp://a.example')).toThrowErrorMatchingInlineSnapshot(
    `[SlungError: cannot read the request "POST ftp://a.example": "ftp://a.example" is not an absolute http or https URL; expected a method and a URL, such as POST https://example.com/alerts]`,
  )
})

test('URLs are compared as requests, not as texts', () => {
  expect(isSameUrl('https://a.example', 'https://A.example:443/')).toBe(true)
  expect(isSameUrl('https://a.example/x', 'https://a.example/x/')).toBe(false)
  expect(isSameUrl('nonsense', 'nonsense')).toBe(true)
  expect(isSameUrl('nonsense', 'other')).toBe(false)
})

test.each([
  ['https://a.example/x?key=REDACTED', 'https://a.example/x?key=secret', true],
  ['https://a.example/x?key=REDACTED&y=1', 'https://a.example/x?key=&y=1', true],
  ['https://a.example/x?key=REDACTED&y=1', 'https://a.example/x?key=secret&y=2', false],
  ['https://a.example/x?key=REDACTED', 'https://a.example/x?other=secret', false],
  ['https://a.example/x?key=REDACTED', 'https://a.example/x', false],
  ['https://a.example/x?key=REDACTED', 'https://a.example/x?key=secret&more=1', false],
  ['https://a.example/x?key=REDACTED', 'https://b.example/x?key=secret', false],
  ['https://a.example/x?key=notREDACTED', 'https://a.example/x?key=nothing', false],
  ['https://a.example/x?a=b=REDACTED', 'https://a.example/x?a=b=c', false],
  ['https://a.example/hooks/REDACTED/in', 'https://a.example/hooks/abc123/in', true],
  ['https://a.example/hooks/REDACTED', 'https://a.example/hooks/abc123/in', false],
  ['https://a.example/hooks/REDACTED', 'https://a.example/hooks', false],
  ['https://a.example/REDACTED?key=REDACTED', 'https://a.example/one?key=two', true],
  ['https://a.example/x?key=secret', 'https://a.example/x?key=REDACTED', false],
  ['https://a.example/x#state=1&token=REDACTED', 'https://a.example/x#state=1&token=abc', true],
  ['https://a.example/x#state=1&token=REDACTED', 'https://a.example/x#state=2&token=abc', false],
  ['https://a.example/x?REDACTED#REDACTED', 'https://a.example/x?abc#def', true],
  ['https://a.example/x?a=1#REDACTED', 'https://a.example/x?a=1&b=2#REDACTED', false],
  ['https://REDACTED/x', 'https://a.example/x', false],
])('%s as what is expected of %s: %s', (expected, actual, isSame) => {
  expect(isSameUrl(expected, actual)).toBe(isSame)
})
