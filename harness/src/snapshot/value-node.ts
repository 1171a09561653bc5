/**
 * A value as it stands in a line of a timeline: literals and, in an approved one, placeholders.
 *
 * A node keeps the text it was read from, so that what does not change can be written back exactly as it was.
 */
import type { Placeholder } from '../compare/placeholder.ts'

export type ValueNode =
  | { readonly kind: 'placeholder'; readonly text: string; readonly placeholder: Placeholder }
  /** A word without quotes: a name, a number, a time. */
  | { readonly kind: 'word'; readonly text: string }
  | { readonly kind: 'string'; readonly text: string; readonly value: string }
  /** A number of JSON, `true`, `false` or `null`. */
  | { readonly kind: 'scalar'; readonly text: string }
  | { readonly kind: 'array'; readonly text: string; readonly items: readonly ValueNode[] }
  | { readonly kind: 'object'; readonly text: string; readonly members: readonly Member[] }

export interface Member {
  readonly key: string
  /** The key as it was written. */
  readonly keyText: string
  readonly value: ValueNode
}
