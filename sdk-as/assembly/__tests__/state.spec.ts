import { lastError, state } from '..'
import { mock } from '../testing'

/** Sets a number and asks for it. */
function roundTrip(value: f64): f64 {
  expect(state.set('number', value).ok).toBe(true)
  return state.number('number')
}

describe('state', () => {
  beforeEach(() => {
    mock.reset()
  })

  test('knows nothing that is not set', () => {
    expect(state.get('count') === null).toBe(true)
    expect(lastError()).toBe('')
    expect(state.getBytes('count') === null).toBe(true)
    expect(state.number('count', 5)).toBe(5)
    expect(isNaN(state.number('count'))).toBe(true)
  })

  test('knows what an earlier run has set', () => {
    mock.setState('Ort', 'Zürich 😀')
    mock.setState('empty', '')

    expect(state.get('Ort')!).toBe('Zürich 😀')
    expect(state.get('empty')!).toBe('')
    expect(state.get('ort') === null).toBe(true)
  })

  test('sets strings, numbers and bools as text, of the type that they have', () => {
    expect(state.set('is_high', true).ok).toBe(true)
    expect(state.set('name', 'größe').ok).toBe(true)
    expect(state.set('until', <i64>1_767_225_600_000_000).ok).toBe(true)
    expect(state.set('all', u64.MAX_VALUE).ok).toBe(true)
    expect(state.set<u8>('small', 200).ok).toBe(true)
    expect(state.set('mean', 41.5).ok).toBe(true)
    expect(state.set('count', 3.0).ok).toBe(true)
    expect(state.set<f32>('single', 0.1).ok).toBe(true)

    expect(mock.state('is_high')!).toBe('true')
    expect(mock.state('name')!).toBe('größe')
    expect(mock.state('until')!).toBe('1767225600000000')
    expect(mock.state('all')!).toBe('18446744073709551615')
    expect(mock.state('small')!).toBe('200')
    expect(mock.state('mean')!).toBe('41.5')
    expect(mock.state('count')!).toBe('3')
    expect(<f32>state.number('single')).toBe(<f32>0.1)
  })

  test('brings back exactly the number that was set', () => {
    expect(roundTrip(0.1 + 0.2)).toBe(0.1 + 0.2)
    expect(roundTrip(f64.MAX_VALUE)).toBe(f64.MAX_VALUE)
    expect(roundTrip(-f64.MIN_VALUE)).toBe(-f64.MIN_VALUE)
    expect(roundTrip(f64.MIN_NORMAL_VALUE)).toBe(f64.MIN_NORMAL_VALUE)
    expect(roundTrip(9_007_199_254_740_993)).toBe(9_007_199_254_740_993)
    expect(1 / roundTrip(-0.0)).toBe(-Infinity)
    expect(1 / roundTrip(0.0)).toBe(Infinity)
  })

  test('overwrites, and forgets', () => {
    state.set('count', 1)
    state.set('count', 2)
    expect(state.number('count')).toBe(2)

    expect(state.remove('count').ok).toBe(true)
    expect(state.get('count') === null).toBe(true)
    expect(state.remove('count').ok).toBe(true)
  })

  test('keeps any bytes', () => {
    const bytes = new Uint8Array(256)
    for (let i = 0; i < 256; i++) bytes[i] = <u8>i
    expect(state.setBytes('bytes', bytes.subarray(1)).ok).toBe(true)
    bytes[255] = 0

    const kept = state.getBytes('bytes')!
    expect(kept.length).toBe(255)
    for (let i = 0; i < 255; i++) expect(kept[i]).toBe(<u8>(i + 1))
    state.setBytes('bytes', new Uint8Array(0))
    expect(state.getBytes('bytes')!.length).toBe(0)
    expect(state.get('bytes')!).toBe('')
  })

  test('does not set what is not a finite number, and says so in the log', () => {
    state.set('mean', 1)

    const result = state.set('mean', 0.0 / 0.0)

    expect(result.ok).toBe(false)
    expect(result.error).toBe('cannot set "mean" in the state: found NaN, expected a number such as 0.5 or -3e4')
    expect(state.set<f32>('mean', -Infinity).ok).toBe(false)
    expect(mock.takeEffects()).toBe(
      'stderr error: cannot set "mean" in the state: found NaN, expected a number such as 0.5 or -3e4\n' +
        'stderr error: cannot set "mean" in the state: found -Infinity, expected a number such as 0.5 or -3e4',
    )
    expect(state.number('mean')).toBe(1)
  })

  test('throws for what is no number', () => {
    state.set('count', 'three')
    expect(() => {
      state.number('count', 5)
    }).toThrow()
    state.set('count', true)
    expect(() => {
      state.number('count', 5)
    }).toThrow()
  })

  test('has room for 65,536 bytes, and is as before when that is not enough', () => {
    expect(state.set('count', 'x'.repeat(65_531)).ok).toBe(true)

    expect(state.set('a', '').error).toBe(
      'cannot set "a": the state would take 65,537 bytes, at most 65,536 are allowed',
    )
    expect(state.set('count', 'x'.repeat(65_535)).error).toBe(
      'cannot set "count": the state would take 65,540 bytes, at most 65,536 are allowed',
    )
    expect(state.set('count', 'x'.repeat(65_537)).error).toBe('value is 65537 bytes long; at most 65536 are allowed')
    expect(state.get('count')!.length).toBe(65_531)
    expect(mock.state('a') === null).toBe(true)

    expect(state.set('count', 'x'.repeat(65_530)).ok).toBe(true)
    expect(state.set('a', '').ok).toBe(true)
    expect(state.set('b', '').ok).toBe(false)
    expect(state.remove('a').ok).toBe(true)
    expect(state.set('b', '').ok).toBe(true)
  })

  test('takes keys of 1 to 256 bytes', () => {
    expect(state.set('ä'.repeat(128), 1).ok).toBe(true)
    expect(state.number('ä'.repeat(128))).toBe(1)

    expect(state.set('', 1).error).toBe('cannot set a key of 0 bytes: expected from 1 to 256 bytes of UTF-8')
    expect(state.remove('').error).toBe('cannot delete a key of 0 bytes: expected from 1 to 256 bytes of UTF-8')
    expect(state.get('') === null).toBe(true)
    expect(lastError()).toBe('cannot get a key of 0 bytes: expected from 1 to 256 bytes of UTF-8')
    expect(state.set('x'.repeat(257), 1).error).toBe('key is 257 bytes long; at most 256 are allowed')
  })

  test('changes nothing when the host refuses, and can be read', () => {
    state.set('count', 1)
    mock.refuse('the disk is full')
    mock.refuse('the disk is full')

    expect(state.number('count')).toBe(1)
    expect(state.set('count', 2).error).toBe('the disk is full')
    expect(state.remove('count').ok).toBe(false)
    expect(state.number('count')).toBe(1)
  })
})
