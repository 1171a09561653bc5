import { expect, test } from 'vitest'
import { QuerySyntaxError } from './query-syntax-error.ts'

test('the message shows the problem, the query, the place and what to do', () => {
  const error = new QuerySyntaxError('AGV:temp:[]', 0, 'found the operator "AGV"', 'did you mean AVG')

  expect(error).toBeInstanceOf(SyntaxError)
  expect(error).toMatchObject({ name: 'QuerySyntaxError', code: 'bad-query', query: 'AGV:temp:[]', offset: 0 })
  expect(error.hint).toBe('did you mean AVG')
  expect(error.message).toBe(
    ['cannot parse the query: found the operator "AGV"', '  AGV:temp:[]', '  ^', 'did you mean AVG'].join('\n'),
  )
})

test('without a hint the message ends with the caret', () => {
  const error = new QuerySyntaxError('AVG', 3, 'the series is missing')

  expect(error.hint).toBeNull()
  expect(error.message).toBe(['cannot parse the query: the series is missing', '  AVG', '     ^'].join('\n'))
})

test('a quotation from the query stays on its line and is cut when long', () => {
  const error = new QuerySyntaxError('x', 0, `found "\n\u001b[2J"`, `did you mean ${'x'.repeat(4000)}`)

  expect(error.message.split('\n')).toHaveLength(4)
  expect(error.message).not.toContain('\u001b')
  expect(error.hint).toBe(`did you mean ${'x'.repeat(147)}…`)
})
