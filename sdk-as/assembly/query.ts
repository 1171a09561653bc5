/**
 * Builds `OP:SERIES:[TAGS]:[RANGE]`, for those who would rather not write it by hand.
 *
 *   Query.avg('temp').tag('sensor=1').not('muted').last('1h').toString()
 *   // AVG:temp:[sensor=1 AND NOT muted]:[1h]
 *   Query.avg('co2').groupBy('room').last('10m').toString()
 *   // AVG:co2:[room=*]:[10m]
 *
 * Names and tags are quoted where the language requires it. Nothing is checked here: the host knows the language, and
 * says what is wrong (`LiveQuery.error`).
 */
import { HistoryResult, history } from './history'
import { LiveQuery, live } from './live'

/** A query under construction. Each method returns it, so that calls chain. */
export class Query {
  private tags: string = ''
  private range: string = ''

  /** `source`: the operator and the series, as in `AVG:temp`. */
  private constructor(private source: string) {}

  static avg(series: string): Query {
    return new Query('AVG:' + quote(series))
  }

  static min(series: string): Query {
    return new Query('MIN:' + quote(series))
  }

  static max(series: string): Query {
    return new Query('MAX:' + quote(series))
  }

  static sum(series: string): Query {
    return new Query('SUM:' + quote(series))
  }

  static count(series: string): Query {
    return new Query('COUNT:' + quote(series))
  }

  /** Adds a series whose samples are aggregated together with those of the others. */
  and(series: string): Query {
    this.source += ',' + quote(series)
    return this
  }

  /** Keeps the samples that carry exactly this tag: `sensor=1`, or a flag. */
  tag(tag: string): Query {
    return this.require(quote(tag))
  }

  /** Keeps the samples that do not carry this tag. */
  not(tag: string): Query {
    return this.require('NOT ' + quote(tag))
  }

  /** Keeps the samples that carry at least one of these tags. The host refuses an empty list, which no sample can match. */
  anyOf(tags: string[]): Query {
    let operands = tags.length == 0 ? quote('') : ''
    for (let i = 0; i < tags.length; i++) operands += (i == 0 ? '' : ' OR ') + quote(unchecked(tags[i]))
    return this.require(tags.length > 1 ? '(' + operands + ')' : operands)
  }

  /**
   * Keeps the samples that have a tag with this key, and aggregates those of each value on their own: every Event has
   * the aggregate of its sample's group, which `event.tag(key)` tells. For live queries. Several keys group by their
   * combination.
   */
  groupBy(key: string): Query {
    return this.require(quote(key) + '=*')
  }

  /** Adds a condition in the query language, such as `a OR b AND NOT c`; it must hold together with the others. */
  where(condition: string): Query {
    return this.require('(' + condition + ')')
  }

  private require(condition: string): Query {
    this.tags = this.tags.length == 0 ? condition : this.tags + ' AND ' + condition
    return this
  }

  /** The range from this long ago until now: `1h`, `90 s`, or `Duration.minutes(5)`. */
  last(duration: string): Query {
    this.range = ':[' + duration + ']'
    return this
  }

  /** The range between two bounds, both inclusive, in either order: a duration ago (`2h`), `now`, or µs since the epoch. */
  between(first: string, second: string): Query {
    this.range = ':[' + first + ',' + second + ']'
    return this
  }

  /** Subscribes. Check `ok`. */
  live(): LiveQuery {
    return live(this.toString())
  }

  /** Evaluates it once. */
  history(): HistoryResult {
    return history(this.toString())
  }

  /** The query as text. */
  toString(): string {
    return this.source + ':[' + this.tags + ']' + this.range
  }
}

/** Durations as the query language writes them. */
export namespace Duration {
  export function seconds(count: i64): string {
    return count.toString() + 's'
  }

  export function minutes(count: i64): string {
    return count.toString() + 'm'
  }

  export function hours(count: i64): string {
    return count.toString() + 'h'
  }

  export function days(count: i64): string {
    return count.toString() + 'd'
  }

  export function weeks(count: i64): string {
    return count.toString() + 'w'
  }
}

// The characters of 0x20–0x5f that mean something outside quotes: space " ( ) * , : [ \ ] as bits from 0x20.
const SPECIAL: u64 = 0x3800000004001705

/** A name or tag as an operand: in double quotes when it would otherwise read as something else. */
function quote(operand: string): string {
  if (isPlain(changetype<usize>(operand), operand.length)) return operand
  let result = '"'
  for (let i = 0; i < operand.length; i++) {
    const unit = operand.charCodeAt(i)
    if (unit == 0x22 || unit == 0x5c) result += '\\'
    result += operand.charAt(i)
  }
  return result + '"'
}

/** Whether a text of `length` units at `address` is neither empty nor a reserved word and has no special character. */
function isPlain(address: usize, length: i32): bool {
  let word: u64 = 0
  for (const end = address + ((<usize>length) << 1); address < end; address += 2) {
    const unit = <u64>load<u16>(address)
    if (unit <= 0x20 || (unit < 0x60 && ((SPECIAL >> (unit - 0x20)) & 1) != 0)) return false
    // Characters that look like a space; the language refuses them outside quotes.
    if (unit == 0xa0 || unit == 0x1680 || (unit & ~0x7f) == 0x2000 || unit == 0x3000 || unit == 0xfeff) return false
    // Ignores the case of letters; keeps only the last four units, since no reserved word is longer than three.
    word = (word << 16) | (unit | 0x20)
  }
  return length != 0 && word != AND && word != OR && word != NOT
}

// The reserved words in lower case, 16 bits per letter, as `isPlain` packs them.
const AND: u64 = 0x0061006e0064
const OR: u64 = 0x006f0072
const NOT: u64 = 0x006e006f0074
