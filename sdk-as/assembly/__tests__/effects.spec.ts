import { SECOND, http, log, now, writeEvent, ws } from '..'
import { mock } from '../testing'

describe('writeEvent', () => {
  beforeEach(() => {
    mock.reset()
  })

  test('sends timestamp, value and tags with the series among them', () => {
    expect(writeEvent('temp_hourly', 1700000000000000, 41.25, ['sensor=1', 'hot']).ok).toBe(true)
    expect(writeEvent('n', -1, 100).ok).toBe(true)

    expect(mock.takeEffects()).toBe('event temp_hourly{hot,sensor=1} 41.25 @1700000000000000\nevent n{} 100 @-1')
  })

  test('is refused when a tag would arrive as other tags', () => {
    expect(writeEvent('n', 1, 1, ['a,b']).ok).toBe(false)
    expect(writeEvent('n', 1, 1, ['series=m']).ok).toBe(false)
    expect(writeEvent('n,m', 1, 1).ok).toBe(false)
    expect(writeEvent('n', 1, 1, ['a,b']).error.startsWith('cannot write the event: found a comma')).toBe(true)
    // Nothing is written, and the log says so in case the workflow ignores the result.
    const effects = mock.takeEffects().split('\n')
    expect(effects.length).toBe(4)
    for (let i = 0; i < effects.length; i++)
      expect(effects[i].startsWith('stderr error: cannot write to series n')).toBe(true)
  })

  test('says why it was refused', () => {
    mock.refuse('series "n" has too many tags')

    const result = writeEvent('n', 1, 1)

    expect(result.ok).toBe(false)
    expect(result.error).toBe('series "n" has too many tags')
    expect(writeEvent('n', 1, 1).error).toBe('')
  })
})

describe('ws', () => {
  beforeEach(() => {
    mock.reset()
  })

  test('send reaches one producer', () => {
    expect(ws.send(9007199254740991, 'heiß 😀').ok).toBe(true)
    expect(mock.takeEffects()).toBe('ws 9007199254740991 heiß 😀')

    mock.refuse('producer 2 is closed')
    const result = ws.send(2, 'x')
    expect(result.ok).toBe(false)
    expect(result.error).toBe('producer 2 is closed')
  })

  test('no connection has a number outside of 1 to 2^53 − 1', () => {
    expect(ws.send(0, 'x').error).toBe('connection 0 is unknown')
    expect(ws.send(9007199254740992, 'x').error).toBe('connection 9007199254740992 is unknown')
    expect(ws.send(18446744073709551615, 'x').error).toBe('connection 18446744073709551615 is unknown')
    expect(mock.takeEffects()).toBe('')
  })

  test('broadcast counts who took it', () => {
    mock.refuse('producer 1 is closed')

    expect(ws.broadcast([1, 2, 3], 'hot')).toBe(2)
    expect(mock.takeEffects()).toBe('ws 2 hot\nws 3 hot')
  })
})

describe('http', () => {
  beforeEach(() => {
    mock.reset()
  })

  test('each method sends its request', () => {
    http.get('http://h/1')
    http.post('http://h/2', '{}')
    http.put('http://h/3', 'ä')
    http.delete('http://h/4')

    expect(mock.takeEffects()).toBe(
      'http GET http://h/1\nhttp POST http://h/2 {}\nhttp PUT http://h/3 ä\nhttp DELETE http://h/4',
    )
  })

  test('a 2xx brings its body and status', () => {
    mock.answerHttp(201, 'größer')
    mock.answerHttp(204, '')

    const created = http.post('http://h/', '{}')
    expect(created.ok).toBe(true)
    expect(created.body).toBe('größer')
    expect(created.status).toBe(201)

    const empty = http.get('http://h/')
    expect(empty.ok).toBe(true)
    expect(empty.body).toBe('')
    expect(empty.error).toBe('')
    expect(created.status).toBe(201)
  })

  test('any other status is not ok, and no response has status 0', () => {
    mock.answerHttp(503, 'later')
    const busy = http.get('http://h/')
    expect(busy.ok).toBe(false)
    expect(busy.status).toBe(503)
    expect(busy.error).toBe('the server answered with status 503')

    mock.refuse('host "h" is not allowed')
    const denied = http.get('http://h/')
    expect(denied.status).toBe(0)
    expect(denied.error).toBe('host "h" is not allowed')
  })

  test('a status not asked for before the next request is gone', () => {
    mock.answerHttp(200, '')
    mock.answerHttp(404, '')
    const first = http.get('http://h/1')
    const second = http.get('http://h/2')

    expect(first.status).toBe(0)
    expect(second.status).toBe(404)
  })
})

describe('log and time', () => {
  beforeEach(() => {
    mock.reset()
  })

  test('each level writes a line to its stream', () => {
    log.debug('a')
    log.info('grüße 😀')
    log.warn('c')
    log.error('d')
    log.info('')

    expect(mock.takeEffects()).toBe('stdout debug: a\nstdout grüße 😀\nstderr warn: c\nstderr error: d\nstdout ')
  })

  test('a line may end as on Windows', () => {
    log.info('a\r')

    expect(mock.takeEffects()).toBe('stdout a')
  })

  test('now is the clock of the host', () => {
    mock.setNow(1700000000 * SECOND)

    expect(now()).toBe(1700000000000000)
  })
})
