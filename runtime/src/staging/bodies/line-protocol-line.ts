/**
 * Cuts one line of InfluxDB line protocol into its parts, as ranges of bytes. Other code reads what the parts say.
 *
 * ```text
 * weather,site=x\ y temp=21.5,note="calm, cool" 1767225600000000000
 * └─── head ──────┘ └key┘└──┘ └key┘└──────────┘ └── timestamp ────┘
 * ```
 *
 * A comma, a space or an equals sign right after a backslash does not end anything. Quotes are special only at the
 * start of a field's value.
 */
import { SlungError } from '../../engine/model/slung-error.ts'
import { quote } from '../../engine/text/quote.ts'
import type { CsvRecord } from '../../engine/fixture/csv-record.ts'

/** The parts of one line. Created once and refilled for every line. */
export class LineProtocolLine {
  /** Two cells, for a `CellTable`: the head (measurement and tags), and the key of the current field. */
  readonly label: { -readonly [Key in keyof CsvRecord]: CsvRecord[Key] } = {
    bytes: new Uint8Array(0),
    starts: new Int32Array(2),
    ends: new Int32Array(2),
    cellCount: 2,
    line: 1,
  }
  /** The value of the current field, in `label.bytes`. */
  valueStart = 0
  valueEnd = 0
  /** Empty when the line has no timestamp. */
  timestampStart = 0
  timestampEnd = 0
  fieldCount = 0
  /** Four offsets per field: where its key starts and ends, where its value starts and ends. */
  readonly #fields: number[] = []

  /**
   * Takes the line from `start` to `end` (exclusive), which is not empty and does not begin with a blank.
   *
   * @throws {SlungError} `bad-line` when it has no fields, or a malformed one
   */
  split(bytes: Uint8Array, start: number, end: number): void {
    const { label } = this
    label.bytes = bytes
    this.#fields.length = 0
    const headEnd = findEnd(bytes, start, end, space)
    label.starts[0] = start
    label.ends[0] = headEnd
    let at = skipSpaces(bytes, headEnd, end)
    if (at === end) {
      const form = 'expected measurement[,tag=value…] field=value[,field=value…] [timestamp]'
      throw new SlungError('bad-line', `the line ${this.#show(start, end)} has no fields, ${form}`)
    }
    for (;;) {
      at = this.#addField(at, end)
      if (bytes[at] !== comma || at === end) break
      at++
    }
    this.fieldCount = this.#fields.length / 4
    this.timestampStart = skipSpaces(bytes, at, end)
    this.timestampEnd = end
  }

  /** Makes a field the current one. */
  selectField(index: number): void {
    const { label } = this
    label.starts[1] = this.#fields[index * 4]!
    label.ends[1] = this.#fields[index * 4 + 1]!
    this.valueStart = this.#fields[index * 4 + 2]!
    this.valueEnd = this.#fields[index * 4 + 3]!
  }

  /** Returns the offset after the field that starts at `start`. */
  #addField(start: number, end: number): number {
    const { bytes } = this.label
    const keyEnd = findEnd(bytes, start, end, equals)
    if (keyEnd === start) throw new SlungError('bad-line', `a field has no name in ${this.#show(start, end)}`)
    if (keyEnd === end || bytes[keyEnd] !== equals) {
      throw new SlungError('bad-line', `field ${this.#show(start, keyEnd)} has no value, expected field=value`)
    }
    const valueStart = keyEnd + 1
    let valueEnd: number
    if (bytes[valueStart] === quoteByte && valueStart < end) {
      valueEnd = valueStart + 1
      while (valueEnd < end && bytes[valueEnd] !== quoteByte) valueEnd += bytes[valueEnd] === backslash ? 2 : 1
      if (valueEnd >= end) {
        const problem = `the string of field ${this.#show(start, keyEnd)} is not closed on its line`
        throw new SlungError('bad-line', `${problem}; a string cannot hold a line break`)
      }
      valueEnd++
      if (valueEnd < end && bytes[valueEnd] !== comma && bytes[valueEnd] !== space) {
        const expected = 'expected a comma, a space or the end of the line'
        throw new SlungError(
          'bad-line',
          `something follows the string of field ${this.#show(start, keyEnd)}, ${expected}`,
        )
      }
    } else {
      valueEnd = valueStart
      while (valueEnd < end && bytes[valueEnd] !== comma && bytes[valueEnd] !== space) valueEnd++
    }
    this.#fields.push(start, keyEnd, valueStart, valueEnd)
    return valueEnd
  }

  #show(start: number, end: number): string {
    return quote(lenientDecoder.decode(this.label.bytes.subarray(start, end)))
  }
}

/**
 * The offset of the first `mark` from `start` on; or of a space or comma before it, unless the mark is a space; `end`
 * without any of them. After a backslash none of them counts.
 */
function findEnd(bytes: Uint8Array, start: number, end: number, mark: number): number {
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!
    // Nearly all bytes of a name are greater than the marks.
    if (byte > equals) continue
    const isMark = byte === mark || byte === space || (byte === comma && mark !== space)
    if (isMark && (at === start || bytes[at - 1] !== backslash)) return at
  }
  return end
}

function skipSpaces(bytes: Uint8Array, start: number, end: number): number {
  let at = start
  while (at < end && bytes[at] === space) at++
  return at
}

const space = 0x20
const quoteByte = 0x22
const comma = 0x2c
const equals = 0x3d
const backslash = 0x5c
const lenientDecoder = new TextDecoder('utf-8', { ignoreBOM: true })
