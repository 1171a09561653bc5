// What a host answers to calls that are wrong, on the mock host: as the runtime does, and no more kindly.
import { history, http, live, now, writeEvent, ws } from '..'
import {
  fd_write,
  u_free_handle,
  u_poll_handle,
  u_query_history,
  u_query_live,
  u_writeback_http,
  u_writeback_ws,
} from '../abi'
import { Region, lend, reclaim } from '../region'
import { lastError } from '../result'
import { mock } from '../testing'

const QUERY = 'COUNT:temp:[]'

/** Lends a text whose last byte is no UTF-8. */
function lendGarbled(text: string): usize {
  const block = lend(text + '?')
  const region = changetype<Region>(block)
  store<u8>(region.offset + region.length - 1, 0xff)
  return block
}

describe('the mock host', () => {
  beforeEach(() => {
    mock.reset()
  })

  test('refuses a text that is not UTF-8', () => {
    const garbled = lendGarbled('COUNT:temp:[]')

    expect(u_query_live(garbled)).toBe(0)
    expect(lastError()).toBe('filter is not valid UTF-8')
    expect(isNaN(u_query_history(garbled))).toBe(true)
    expect(lastError()).toBe('filter is not valid UTF-8')
    expect(u_writeback_ws(1, garbled)).toBe(1)
    expect(lastError()).toBe('data is not valid UTF-8')
    expect(u_writeback_http(garbled, garbled, 1)).toBe(0)
    expect(lastError()).toBe('url is not valid UTF-8')
    expect(mock.takeEffects()).toBe('')
    expect(mock.openHandles()).toBe(0)
    reclaim(garbled)
  })

  test('sends any bytes by HTTP', () => {
    const url = lend('http://h/')
    const body = lendGarbled('a')

    expect(u_writeback_http(url, body, 1)).not.toBe(0)
    expect(mock.takeEffects()).toBe('http POST http://h/ a\uFFFD')
    reclaim(body)
    reclaim(url)
  })

  test('refuses a text that is too long', () => {
    expect(http.get('http://h/' + 'x'.repeat(8183)).ok).toBe(true)
    expect(http.get('http://h/' + 'x'.repeat(8184)).error).toBe('url is 8193 bytes long; at most 8192 are allowed')
    expect(live('x'.repeat(4097)).error).toBe('filter is 4097 bytes long; at most 4096 are allowed')
    expect(ws.send(1, 'x'.repeat(1_048_577)).error).toBe('data is 1048577 bytes long; at most 1048576 are allowed')
    expect(writeEvent('n', 1, 1, ['x'.repeat(131_072)]).error).toBe(
      'tags is 131081 bytes long; at most 131072 are allowed',
    )
  })

  test('says of a handle that is not open: to the workflow each time, in the log once', () => {
    const handle = u_query_live(lend(QUERY))
    expect(u_free_handle(handle)).toBe(0)
    for (let i = 0; i < 2; i++) {
      expect(u_poll_handle(handle)).toBe(0)
      expect(lastError()).toBe('handle ' + handle.toString() + ' is unknown, or was freed before')
      expect(u_free_handle(u64.MAX_VALUE)).toBe(1)
    }

    expect(mock.takeEffects()).toBe(
      'host u_poll_handle: handle ' +
        handle.toString() +
        ' is unknown, or was freed before\nhost u_free_handle: handle 18446744073709551615 is unknown, or was freed before',
    )
  })

  test('refuses a method that does not exist', () => {
    const url = lend('http://h/')

    expect(u_writeback_http(url, url, 4)).toBe(0)
    expect(lastError()).toBe('method 4 is unknown; expected 0 (GET), 1 (POST), 2 (PUT) or 3 (DELETE)')
    expect(u_writeback_http(url, url, -1)).toBe(0)
    expect(lastError().startsWith('method 4294967295 is unknown')).toBe(true)
    expect(mock.takeEffects()).toBe('')
    reclaim(url)
  })

  test('says why a handle cannot be freed', () => {
    expect(u_free_handle(7)).toBe(1)
    expect(lastError()).toBe('handle 7 is unknown, or was freed before')
    expect(u_free_handle(u64.MAX_VALUE)).toBe(1)
    expect(lastError()).toBe('handle 18446744073709551615 is unknown, or was freed before')
  })

  test('forgets the reason at the next call, and at no other', () => {
    const query = live(QUERY)
    mock.refuse('not now')
    history(QUERY)

    now()
    expect(lastError()).toBe('not now')
    mock.deliverNothing(QUERY)
    query.poll()
    expect(lastError()).toBe('')

    mock.refuse('not now')
    history(QUERY)
    u_poll_handle(1_000_000)
    expect(lastError()).toBe('handle 1000000 is unknown, or was freed before')

    mock.refuse('not now')
    history(QUERY)
    query.close()
    expect(lastError()).toBe('')
  })

  test('refuses without a reason, too', () => {
    mock.refuse('')

    const result = writeEvent('n', 1, 1)

    expect(result.ok).toBe(false)
    expect(result.error).toBe('')
    expect(mock.takeEffects()).toBe('')
    expect(writeEvent('n', 1, 1).ok).toBe(true)
  })

  test('has no stream but stdout and stderr', () => {
    expect(fd_write(3, 0, 0, 0)).toBe(8)
  })
})
