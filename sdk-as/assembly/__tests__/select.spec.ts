import { LiveQuery, Select, live } from '..'
import { mock } from '../testing'

/** The next Events, each as the index of its query and its value. */
function take(select: Select, count: i32): string[] {
  const taken: string[] = []
  for (let i = 0; i < count; i++) {
    const event = select.next()
    taken.push(event == null ? 'null' : select.index.toString() + ' ' + (<i64>event.value).toString())
  }
  return taken
}

describe('Select', () => {
  beforeEach(() => {
    mock.reset()
  })

  test('waits for whichever query has the next Event, and says which one', () => {
    mock.deliverNothing('AVG:a:[]')
    mock.deliver('AVG:b:[]', 1, 10)
    mock.deliver('AVG:a:[]', 2, 20)

    const queries = [live('AVG:a:[]'), live('AVG:b:[]')]
    const select = Select.of(queries)

    expect(select.ok).toBe(true)
    expect(select.index).toBe(-1)
    expect(take(select, 2)).toStrictEqual(['1 10', '0 20'])
    close(queries)
  })

  test('a query that always has an Event keeps none of the others waiting', () => {
    for (let i = 1; i <= 4; i++) mock.deliver('AVG:a:[]', i, i)
    mock.deliver('AVG:b:[]', 9, 10)
    mock.deliver('AVG:c:[]', 9, 20)

    const queries = [live('AVG:a:[]'), live('AVG:b:[]'), live('AVG:c:[]')]

    expect(take(Select.of(queries), 6)).toStrictEqual(['0 1', '1 10', '2 20', '0 2', '0 3', '0 4'])
    close(queries)
  })

  test('passes over a query that was refused or has ended, and ends with the last one', () => {
    mock.refuse('unknown operator')
    const queries = [live('AVERAGE:a:[]'), live('AVG:b:[]'), live('AVG:c:[]')]
    mock.deliverJson('AVG:c:[]', '{"timestamp":1}')
    mock.deliver('AVG:b:[]', 1, 10)
    mock.deliver('AVG:b:[]', 2, 20)

    const select = Select.of(queries)

    expect(select.ok).toBe(false)
    expect(take(select, 2)).toStrictEqual(['1 10', '1 20'])
    expect(queries[2].ok).toBe(false)
    queries[1].close()
    expect(take(select, 1)).toStrictEqual(['null'])
    expect(take(Select.of([]), 1)).toStrictEqual(['null'])
  })
})

function close(queries: LiveQuery[]): void {
  for (let i = 0; i < queries.length; i++) queries[i].close()
}
