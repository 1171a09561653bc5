/** An independent CSV reader (RFC 4180 and what `csv-tokenizer.ts` accepts beyond it), with regular expressions over a whole text. */

/** A record with its cells, or a fault; with its line, from 1. */
export type CsvItem =
  | { readonly line: number; readonly cells: readonly string[] }
  | {
      readonly line: number
      readonly fault: 'quote inside' | 'text after quote' | 'never closed'
      readonly cell: number
    }

/** @param text - one character per byte (latin1) */
export function readCsvNaively(text: string): CsvItem[] {
  const items: CsvItem[] = []
  let rest = text.replace(/^\xef\xbb\xbf/, '')
  let line = 1
  while (rest !== '') {
    const first = line
    const isQuotedFirst = rest.startsWith('"')
    const cells: string[] = []
    let end = ','
    while (end === ',') {
      const [quoted = null, closing = null] = /^"(?:[^"]|"")*("?)/.exec(rest) ?? []
      if (closing === '') {
        items.push({ line, fault: 'never closed', cell: cells.length + 1 })
        return items
      }
      const cell = quoted ?? /^[^,\n"]*/.exec(rest)![0]
      line += cell.split('\n').length - 1
      rest = rest.slice(cell.length)
      end = (quoted === null ? /^(,|\n|$)/ : /^(,|\r?\n|\r?$)/).exec(rest)?.[0] ?? 'fault'
      if (end === 'fault') {
        items.push({ line, fault: quoted === null ? 'quote inside' : 'text after quote', cell: cells.length + 1 })
        rest = rest.replace(/^[^\n]*\n?/, '')
        break
      }
      rest = rest.slice(end.length)
      const isLast = end !== ','
      cells.push(
        quoted === null
          ? (isLast ? cell.replace(/\r$/, '') : cell).replace(/^[ \t]+|[ \t]+$/g, '')
          : quoted.slice(1, -1).replaceAll('""', '"'),
      )
    }
    line++
    const isBlank = cells.length === 1 && cells[0] === '' && !isQuotedFirst
    if (end !== 'fault' && !isBlank) items.push({ line: first, cells })
  }
  return items
}
