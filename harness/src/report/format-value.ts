/** Prints JSON values on one line: those that came, and expected ones with their placeholders bare. */
import { parseJson, WrittenNumber } from '@slung/runtime'
import { isAsymmetricMatcher } from '../compare/match-value.ts'
import { formatPlaceholder, parsePlaceholder } from '../compare/placeholder.ts'

/** `nothing` for `undefined`, which stands for an absent value. */
export function formatValue(value: unknown): string {
  if (value === undefined) return 'nothing'
  return typeof value === 'bigint' ? String(value) : JSON.stringify(value)
}

/** @example formatExpectedValue({ value: '<101.5+-0.1>' }) // {"value":<101.5 ±0.1>} */
export function formatExpectedValue(value: unknown): string {
  if (isAsymmetricMatcher(value)) return value.toAsymmetricMatcher?.() ?? value.toString()
  if (Array.isArray(value)) return `[${value.map(formatExpectedValue).join(',')}]`
  if (typeof value === 'object' && value !== null && !(value instanceof WrittenNumber)) {
    const members = Object.entries(value).map(
      ([key, member]) => `${JSON.stringify(key)}:${formatExpectedValue(member)}`,
    )
    return `{${members.join(',')}}`
  }
  const placeholder = typeof value === 'string' ? parsePlaceholder(value) : null
  return placeholder === null ? formatValue(value) : formatPlaceholder(placeholder)
}

/** A name or a number without quotes; a matcher as it prints itself. */
export function formatName(value: unknown): string {
  return typeof value === 'string' ? value : formatExpectedValue(value)
}

/** A body as people read it: JSON as it came, anything else as a quoted text. */
export function formatBody(body: string): string {
  if (!/^\s*[[{]/.test(body)) return JSON.stringify(body)
  try {
    const value: unknown = parseJson(body)
    return /[\n\r]/.test(body) ? JSON.stringify(value) : body.trim()
  } catch {
    return JSON.stringify(body)
  }
}
