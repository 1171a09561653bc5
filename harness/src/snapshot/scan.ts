/** Finds the ends of things in a text of any length: an expression with a repeated group may exhaust the stack. */

/** What the sticky expression matches at `start`. */
export function matchAt(expression: RegExp, text: string, start: number): string | null {
  expression.lastIndex = start
  return expression.exec(text)?.[0] ?? null
}

/** The index behind the string of JSON whose opening quote is at `start`; −1 when it is not closed. */
export function endOfString(text: string, start: number): number {
  for (let quote = text.indexOf('"', start + 1); quote !== -1; quote = text.indexOf('"', quote + 1)) {
    let escapes = quote
    while (text[escapes - 1] === '\\') escapes--
    if ((quote - escapes) % 2 === 0) return quote + 1
  }
  return -1
}

/** The index of the next space that is not in quotes, or the length of the text. */
export function endOfWord(text: string, start: number): number {
  let end = start
  while (end < text.length && !isSpace(text[end]!)) {
    const behind = text[end] === '"' ? endOfString(text, end) : -1
    end = behind === -1 ? end + 1 : behind
  }
  return end
}

/** The index of the next character that is not a space, or the length of the text. */
export function endOfSpaces(text: string, start: number): number {
  let end = start
  while (end < text.length && isSpace(text[end]!)) end++
  return end
}

export function isSpace(character: string): boolean {
  return /\s/.test(character)
}
