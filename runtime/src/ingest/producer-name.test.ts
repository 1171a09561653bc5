import { expect, test } from 'vitest'
import { assertProducer } from './producer-name.ts'

test.each(['', 'edge-a', '7a', 'v1.0', '-', '1,5', '0x1f', '1', '42', '9007199254740991'])(
  '%j is a name or a connection id',
  (text) => {
    expect(() => assertProducer(text)).not.toThrow()
  },
)

test.each(['0', '-3', '+3', '1.0', '1.5', '01', '1e3', ' 7', '9007199254740992', '9007199254740993', '1e999'])(
  '%j is a number but no connection id',
  (text) => {
    expect(() => assertProducer(text)).toThrow(
      `producer "${text}" is a number but no connection id, expected a name or a whole number from 1 to 9007199254740991`,
    )
  },
)
