import { expect, test } from 'vitest'
import { answersFor, nearestAnswer } from './answers.ts'
import { parseSpec } from './parse-spec.ts'

const spec = parseSpec(
  [
    'workflow: w.wasm',
    'input: i.csv',
    'http:',
    '  POST https://hooks.example.com/alerts: 200',
    '  GET https://hooks.example.com: 200',
    'tests:',
    '  - name: x',
    '    exit: 0',
    '    http: { GET https://hooks.example.com/: 503 }',
  ].join('\n'),
  'x.slung.yaml',
)

test('the answers of a test win over those of the spec, request by request', () => {
  expect(answersFor(spec, spec.tests[0]!)).toMatchObject([
    { method: 'GET', url: 'https://hooks.example.com/', answers: [{ status: 503 }] },
    { method: 'POST', url: 'https://hooks.example.com/alerts', answers: [{ status: 200 }] },
  ])
})

test('the nearest answer is the one with the fewest slips in URL and method', () => {
  const nearest = (method: 'GET' | 'POST', url: string): string | undefined =>
    nearestAnswer({ method, url }, spec.http)?.url
  expect(nearest('POST', 'https://hooks.example.com/alert')).toBe('https://hooks.example.com/alerts')
  expect(nearest('GET', 'https://hooks.example.com/alerts')).toBe('https://hooks.example.com/alerts')
  expect(nearest('GET', 'https://hook.example.com')).toBe('https://hooks.example.com')
  expect(nearestAnswer({ method: 'GET', url: 'https://hooks.example.com' }, [])).toBeNull()
})
