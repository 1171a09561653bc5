/** How commander reads the values of flags. */
import { InvalidArgumentError, Option } from 'commander'
import { expectedDuration, parseDuration } from '../engine/text/duration.ts'

/** A flag that may be given several times; its value is the list of all that were given. */
export function repeatable(flag: string, description: string): Option {
  const collect = (value: string, values: readonly string[]): string[] => [...values, value]
  return new Option(flag, `${description} (repeatable)`).argParser(collect).default([], 'none')
}

/** Turns a parser of ours, which throws, into one of commander's. */
export function parseWith<Value>(parse: (text: string) => Value): (text: string) => Value {
  return (text) => {
    try {
      return parse(text)
    } catch (error) {
      throw new InvalidArgumentError((error as Error).message)
    }
  }
}

/** Microseconds. @param examples - for the message: `1s or 250ms` */
export function parseSpan(text: string, examples: string): number {
  const micros = parseDuration(text)
  if (micros === null)
    throw new InvalidArgumentError(`expected ${expectedDuration(text, `a duration such as ${examples}`)}`)
  return micros
}
