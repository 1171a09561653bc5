import { Event, Handler, LiveQuery, Query, live } from '..'
import { mock } from '../testing'

const QUERY = 'AVG:temp:[sensor=1]'

class Collector extends Handler {
  values: f64[] = []
  source: LiveQuery | null = null

  onEvent(event: Event): void {
    this.values.push(event.value)
    if (this.values.length == 2) this.source!.close()
  }
}

describe('LiveQuery', () => {
  beforeEach(() => {
    mock.reset()
  })

  test('next waits for an Event and decodes it', () => {
    mock.deliverNothing(QUERY)
    mock.deliver(QUERY, 9007199254740993, 41.2, ['sensor=1', 'muted'], [1, 18446744073709551615])

    const temperature = Query.avg('temp').tag('sensor=1').live()
    const event = temperature.next()!

    expect(event.timestamp).toBe(9007199254740993)
    expect(event.value).toBe(41.2)
    expect(event.tags).toStrictEqual(['sensor=1', 'muted'])
    expect(event.producers).toStrictEqual([1, 18446744073709551615])
    temperature.close()
  })

  test('poll answers null when nothing is there now', () => {
    mock.deliverNothing(QUERY)
    mock.deliver(QUERY, 1, 2)

    const temperature = live(QUERY)

    expect(temperature.poll() == null).toBe(true)
    expect(temperature.poll()!.value).toBe(2)
    temperature.close()
  })

  test('two queries are polled in one loop', () => {
    mock.deliver('AVG:a:[]', 1, 10)
    mock.deliver('AVG:b:[]', 2, 20)
    mock.deliver('AVG:b:[]', 3, 30)

    const a = live('AVG:a:[]')
    const b = live('AVG:b:[]')
    const values: f64[] = []
    while (values.length < 3) {
      const fromA = a.poll()
      if (fromA != null) values.push(fromA.value)
      const fromB = b.poll()
      if (fromB != null) values.push(fromB.value)
    }

    expect(values).toStrictEqual([10, 20, 30])
    a.close()
    b.close()
  })

  test('forEach hands Events to a handler until it closes the query', () => {
    mock.deliver(QUERY, 1, 10)
    mock.deliver(QUERY, 2, 20)
    mock.deliver(QUERY, 3, 30)

    const collector = new Collector()
    collector.source = live(QUERY)
    collector.source!.forEach(collector)

    expect(collector.values).toStrictEqual([10, 20])
    expect(mock.openHandles()).toBe(0)
  })

  test('a refused query is not ok, says why, and never delivers', () => {
    mock.refuse('unknown operator "AVERAGE"')

    const refused = live('AVERAGE:temp:[]')

    expect(refused.ok).toBe(false)
    expect(refused.error).toBe('unknown operator "AVERAGE"')
    expect(refused.next() == null).toBe(true)
    expect(refused.poll() == null).toBe(true)
    expect(refused.close().ok).toBe(false)
  })

  test('an accepted query has no error', () => {
    const temperature = live(QUERY)

    expect(temperature.ok).toBe(true)
    expect(temperature.error).toBe('')
    temperature.close()
  })

  test('close ends the subscription once', () => {
    const temperature = live(QUERY)

    expect(mock.openHandles()).toBe(1)
    expect(temperature.close().ok).toBe(true)
    expect(mock.openHandles()).toBe(0)
    expect(temperature.close().ok).toBe(false)
    expect(temperature.next() == null).toBe(true)
  })

  test('a malformed Event closes the query and names the byte', () => {
    mock.deliverJson(QUERY, '{"timestamp":1,"value":hot}')

    const temperature = live(QUERY)

    expect(temperature.next() == null).toBe(true)
    expect(temperature.ok).toBe(false)
    expect(temperature.error).toBe('cannot decode Event: expected digits at byte 23')
    expect(mock.openHandles()).toBe(0)
  })

  test('the lists of equal Events are shared, those of different ones are not', () => {
    mock.deliver(QUERY, 1, 1, ['a'], [1])
    mock.deliver(QUERY, 2, 2, ['a'], [1])
    mock.deliver(QUERY, 3, 3, ['b'], [1, 2])

    const temperature = live(QUERY)
    const first = temperature.next()!
    const second = temperature.next()!
    const third = temperature.next()!

    expect(changetype<usize>(first.tags) == changetype<usize>(second.tags)).toBe(true)
    expect(changetype<usize>(first.producers) == changetype<usize>(second.producers)).toBe(true)
    expect(first.tags).toStrictEqual(['a'])
    expect(third.tags).toStrictEqual(['b'])
    expect(third.producers).toStrictEqual([1, 2])
    temperature.close()
  })
})

describe('Event', () => {
  test('tag finds the value behind the key', () => {
    const event = new Event(0, 0, ['muted', 'sensor=1', 'sensors=2', 'note='], [])

    expect(event.tag('sensor')!).toBe('1')
    expect(event.tag('sensors')!).toBe('2')
    expect(event.tag('note')!).toBe('')
    expect(event.tag('muted') == null).toBe(true)
    expect(event.tag('room') == null).toBe(true)
  })

  test('has finds the whole tag', () => {
    const event = new Event(0, 0, ['muted', 'sensor=1'], [])

    expect(event.has('muted')).toBe(true)
    expect(event.has('sensor=1')).toBe(true)
    expect(event.has('sensor')).toBe(false)
  })
})
