/** How commander reads the values of flags. */
import { InvalidArgumentError } from 'commander'

/** Turns a parser that throws into one of commander's. @param parse - as commander calls it, with the value so far */
export function parseWith<Value, Before>(
  parse: (text: string, before: Before) => Value,
): (text: string, before: Before) => Value {
  return (text, before) => {
    try {
      return parse(text, before)
    } catch (error) {
      throw new InvalidArgumentError(error instanceof Error ? error.message : String(error))
    }
  }
}
