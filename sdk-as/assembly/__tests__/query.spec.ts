import { Duration, Query, history } from '..'
import { mock } from '../testing'

describe('Query', () => {
  test('prints the operator, the series and the tags', () => {
    expect(Query.avg('temp').toString()).toBe('AVG:temp:[]')
    expect(Query.min('temp').tag('sensor=1').toString()).toBe('MIN:temp:[sensor=1]')
    expect(Query.max('temp').tag('a').tag('b').not('c').toString()).toBe('MAX:temp:[a AND b AND NOT c]')
    expect(Query.sum('bytes_in').and('bytes_out').toString()).toBe('SUM:bytes_in,bytes_out:[]')
    expect(Query.count('errors').tag('x').anyOf(['a', 'b']).toString()).toBe('COUNT:errors:[x AND (a OR b)]')
    expect(Query.count('errors').anyOf(['a']).toString()).toBe('COUNT:errors:[a]')
    expect(Query.count('errors').anyOf([]).toString()).toBe('COUNT:errors:[""]')
    expect(Query.avg('temp').tag('a').where('b OR NOT c').toString()).toBe('AVG:temp:[a AND (b OR NOT c)]')
  })

  test('prints the keys that it groups by', () => {
    expect(Query.avg('co2').groupBy('room').last('10m').toString()).toBe('AVG:co2:[room=*]:[10m]')
    expect(Query.avg('co2').tag('floor=1').groupBy('site').groupBy('room').toString()).toBe(
      'AVG:co2:[floor=1 AND site=* AND room=*]',
    )
    expect(Query.avg('co2').groupBy('room no').toString()).toBe('AVG:co2:["room no"=*]')
    expect(Query.avg('co2').tag('room=*').not('*').toString()).toBe('AVG:co2:["room=*" AND NOT "*"]')
  })

  test('prints the range', () => {
    expect(Query.avg('temp').last('1h').toString()).toBe('AVG:temp:[]:[1h]')
    expect(Query.avg('temp').last(Duration.minutes(5)).toString()).toBe('AVG:temp:[]:[5m]')
    expect(Query.avg('temp').between('2h', Duration.hours(1)).toString()).toBe('AVG:temp:[]:[2h,1h]')
    expect(Query.avg('temp').between('-5', 'now').toString()).toBe('AVG:temp:[]:[-5,now]')
  })

  test('quotes what would read as something else', () => {
    expect(Query.avg('room temp').tag('path=/a b').toString()).toBe('AVG:"room temp":["path=/a b"]')
    expect(Query.avg('t').tag('a,b').tag('(x)').tag('[y]').toString()).toBe('AVG:t:["a,b" AND "(x)" AND "[y]"]')
    expect(Query.avg('a:b').tag('say "hi"\\').toString()).toBe('AVG:"a:b":["say \\"hi\\"\\\\"]')
    expect(Query.avg('t').tag('not').tag('Or').tag('AND').toString()).toBe('AVG:t:["not" AND "Or" AND "AND"]')
    expect(Query.avg('t').tag('a\u00a0b').toString()).toBe('AVG:t:["a\u00a0b"]')
    expect(Query.avg('t').tag('').toString()).toBe('AVG:t:[""]')
  })

  test('leaves ordinary names alone', () => {
    expect(Query.avg('android').tag('nothing').tag('brand').tag('or1').toString()).toBe(
      'AVG:android:[nothing AND brand AND or1]',
    )
    expect(Query.avg('http.status_code').tag('host=web-1').tag('ort=Zürich').toString()).toBe(
      'AVG:http.status_code:[host=web-1 AND ort=Zürich]',
    )
  })
})

describe('history', () => {
  beforeEach(() => {
    mock.reset()
  })

  test('answers a value', () => {
    mock.answerHistory('MAX:temp:[]:[1d]', 41.5)

    const result = Query.max('temp').last('1d').history()

    expect(result.ok).toBe(true)
    expect(result.value).toBe(41.5)
    expect(result.or(0)).toBe(41.5)
    expect(result.error).toBe('')
  })

  test('tells nothing stored from refused', () => {
    const nothing = history('AVG:temp:[]')
    expect(nothing.ok).toBe(false)
    expect(nothing.or(-1)).toBe(-1)
    expect(nothing.error).toBe('')

    mock.refuse('unknown operator')
    const refused = history('MEAN:temp:[]')
    expect(refused.ok).toBe(false)
    expect(refused.error).toBe('unknown operator')
  })
})
