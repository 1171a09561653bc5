import { env } from '..'
import { mock } from '../testing'

describe('env', () => {
  beforeEach(() => {
    mock.reset()
  })

  test('knows nothing that is not set', () => {
    expect(env.get('LIMIT') === null).toBe(true)
    expect(env.number('LIMIT', 5)).toBe(5)
    expect(isNaN(env.number('LIMIT'))).toBe(true)
  })

  test('finds each variable by its whole name', () => {
    mock.setVariable('LIMIT', '100')
    mock.setVariable('LIMITS', 'x=y')
    mock.setVariable('ORT', 'Zürich 😀')
    mock.setVariable('NONE', '')

    expect(env.get('LIMIT')!).toBe('100')
    expect(env.get('LIMITS')!).toBe('x=y')
    expect(env.get('ORT')!).toBe('Zürich 😀')
    expect(env.get('NONE')!).toBe('')
    expect(env.get('LIM') === null).toBe(true)
    expect(env.get('LIMITS=x') === null).toBe(true)
    expect(env.get('') === null).toBe(true)
  })

  test('reads numbers as they are written', () => {
    mock.setVariable('A', '100')
    mock.setVariable('B', '-0.5')
    mock.setVariable('C', '3e4')

    expect(env.number('A')).toBe(100)
    expect(env.number('B', 1)).toBe(-0.5)
    expect(env.number('C')).toBe(30000)
  })

  test('throws for what is no number', () => {
    mock.setVariable('LIMIT', '1OO')
    expect(() => {
      env.number('LIMIT', 5)
    }).toThrow()
    mock.setVariable('LIMIT', '')
    expect(() => {
      env.number('LIMIT', 5)
    }).toThrow()
    mock.setVariable('LIMIT', '1e999')
    expect(() => {
      env.number('LIMIT', 5)
    }).toThrow()
  })
})
