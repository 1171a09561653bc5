/** The type of a body from a guest: the ABI passes bytes without one, and receivers want one. */

/**
 * The media type to declare: JSON when all of it parses as JSON, plain text when it is UTF-8, otherwise bytes.
 * `null` for an empty body.
 */
export function contentTypeOf(body: Uint8Array): string | null {
  if (body.length === 0) return null
  let text: string
  try {
    // A byte order mark is kept, so that the body counts as text: JSON has none (RFC 8259, section 8.1).
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body)
  } catch {
    return 'application/octet-stream'
  }
  try {
    JSON.parse(text)
    return 'application/json'
  } catch {
    return 'text/plain; charset=utf-8'
  }
}
