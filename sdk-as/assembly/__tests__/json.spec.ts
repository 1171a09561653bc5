import { Json } from '..'
import { quoteJson, stringify } from '../json'

describe('Json', () => {
  test('writes members in order', () => {
    const body = Json.object().set('level', 'high').set('value', 1.5).set('count', 3).set('muted', false)

    expect(body.toString()).toBe('{"level":"high","value":1.5,"count":3,"muted":false}')
    expect(Json.object().toString()).toBe('{}')
    expect(Json.array().toString()).toBe('[]')
  })

  test('nests objects and arrays', () => {
    const inner = Json.object().set('a', 1)
    const body = Json.object()
      .set('inner', inner)
      .set('tags', ['x', 'y'])
      .set('list', Json.array().push(1.5).push('two').push(inner))

    expect(body.toString()).toBe('{"inner":{"a":1},"tags":["x","y"],"list":[1.5,"two",{"a":1}]}')
  })

  test('prints numbers as JavaScript does', () => {
    expect(stringify<f64>(1)).toBe('1')
    expect(stringify<f64>(-0.0)).toBe('0')
    expect(stringify<f64>(1e21)).toBe('1e+21')
    expect(stringify<f64>(123456789012345680000.0)).toBe('123456789012345680000')
    expect(stringify<f64>(1e-7)).toBe('1e-7')
    expect(stringify<f64>(0.000001)).toBe('0.000001')
    expect(stringify<f64>(0.1 + 0.2)).toBe('0.30000000000000004')
    expect(stringify<f64>(5e-324)).toBe('5e-324')
    expect(stringify<f64>(f64.MAX_VALUE)).toBe('1.7976931348623157e+308')
    expect(stringify<f64>(NaN)).toBe('null')
    expect(stringify<f64>(-Infinity)).toBe('null')
    expect(stringify<f32>(1.5)).toBe('1.5')
    expect(stringify<i64>(9007199254740993)).toBe('9007199254740993')
    expect(stringify<u64>(u64.MAX_VALUE)).toBe('18446744073709551615')
  })

  test('prints null for what is null', () => {
    const nothing: string | null = null
    expect(Json.object().set('a', nothing).toString()).toBe('{"a":null}')
  })

  test('escapes strings as JavaScript does', () => {
    expect(quoteJson('a"b\\c/d')).toBe('"a\\"b\\\\c/d"')
    expect(quoteJson('\b\t\n\v\f\r')).toBe('"\\b\\t\\n\\u000b\\f\\r"')
    expect(quoteJson('\u0000\u001f\u007f')).toBe('"\\u0000\\u001f\u007f"')
    expect(quoteJson('Zürich 東京 😀')).toBe('"Zürich 東京 😀"')
    expect(quoteJson('\ud83d!\ude00\ud83d')).toBe('"\\ud83d!\\ude00\\ud83d"')
    expect(quoteJson('')).toBe('""')
  })
})
