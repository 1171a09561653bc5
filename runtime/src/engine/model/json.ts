/**
 * JSON whose numbers stay as they are written. Beyond 2^53 a double skips integers, it ends before 1e400, and 17 digits are
 * all it has; but identifiers, balances and times in nanoseconds have more. Read as doubles, two of them that differ would
 * be the same.
 */

/**
 * A number that no double stands for: its shortest digits would be others. It computes and compares like the nearest double, and is
 * printed, also by `JSON.stringify`, as it is written.
 */
export class WrittenNumber extends Number {
  /** A number of JSON. */
  readonly text: string

  /** @param text - a number of JSON */
  constructor(text: string) {
    super(text)
    this.text = text
  }

  override toString(): string {
    return this.text
  }

  toJSON(): object {
    return rawJson(this.text)
  }
}

/**
 * Reads JSON as `JSON.parse` does, but numbers that no double stands for become a `WrittenNumber`.
 *
 * @throws {SyntaxError} as `JSON.parse`
 */
export function parseJson(text: string): unknown {
  // Reading numbers as they are written takes several times as long, and few texts have any that need it.
  return mayNeedDigits.test(text)
    ? parseWithSource(text, (_key, value, { source }) =>
        typeof value === 'number' && source !== undefined ? keepDigits(source, value) : value,
      )
    : JSON.parse(text)
}

/**
 * A decimal number: as a double if that stands for it, otherwise as it is written.
 *
 * @param text - as in JSON; it may also have a plus sign, leading zeros, or nothing on one side of its point
 */
export function parseWrittenNumber(text: string): number | WrittenNumber {
  return keepDigits(text, Number(text))
}

/** Whether two numbers are the same in decimals: 1.0 is 1, but 9007199254740993 is not 9007199254740992. */
export function isSameNumber(one: number | bigint | WrittenNumber, other: number | bigint | WrittenNumber): boolean {
  if (typeof one === 'number' && typeof other === 'number') return one === other || Object.is(one, other)
  const ones = decimalsOf(one)
  return decimalsOf(other).some((decimal) => ones.includes(decimal))
}

/** The same arrays and plain objects, with everything else in them replaced by what `map` makes of it. */
export function mapScalars(value: unknown, map: (scalar: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => mapScalars(item, map))
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype)
    return map(value)
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, mapScalars(member, map)]))
}

/** Any decimal of up to 15 digits without an exponent is that of a double, and so is any integer of 16 that begins with 1 to 8. */
const mayNeedDigits = /\d{17}|9\d{15}|(?=[\d.]{17})\d+\.|\d[eE]/
const jsonNumber = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/

// TypeScript's library has neither yet.
const parseWithSource = JSON.parse as (
  text: string,
  reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
) => unknown
const rawJson = (JSON as typeof JSON & { readonly rawJSON: (this: void, text: string) => object }).rawJSON

function keepDigits(text: string, double: number): number | WrittenNumber {
  const decimal = decimalOf(text)
  if (Number.isFinite(double) && decimal === decimalOf(String(double))) return double
  return new WrittenNumber(jsonNumber.test(text) ? text : decimal)
}

/** Of a JavaScript number, its shortest digits and its exact value: nobody knows which of the two its author typed. */
function decimalsOf(number: number | bigint | WrittenNumber): readonly string[] {
  if (typeof number !== 'number') return [decimalOf(String(number))]
  if (!Number.isFinite(number)) return []
  const shortest = decimalOf(String(number))
  return Number.isInteger(number) ? [shortest, decimalOf(String(BigInt(number)))] : [shortest]
}

/** A decimal number in the one form that all ways of writing it share, which is a number of JSON: 25e-1 for 2.50. */
function decimalOf(text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/.exec(text) ?? []
  const digits = `${whole}${fraction}`.replace(/^0+/, '')
  // An expression would try each run of zeros in a number of a million digits.
  let end = digits.length
  while (end > 0 && digits[end - 1] === '0') end--
  if (end === 0) return '0'
  const significant = digits.slice(0, end)
  // Nobody writes one longer exponent in two ways.
  const isShort = exponent.length <= 15
  const scale = isShort ? Number(exponent) - fraction.length + digits.length - significant.length : exponent
  return `${sign === '-' ? '-' : ''}${significant}e${scale}`
}
