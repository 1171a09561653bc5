/** Tags that are legal but were probably meant otherwise: spellings of other query languages. */
import { quote } from '../text/quote.ts'
import { writeTag } from './query-text.ts'

/** Says how a tag is read when its spelling suggests another reading; `null` for ordinary tags. */
export function findSurprise(tag: string): string | null {
  const parts = /^([^=!~]+)!=(.+)$/.exec(tag)
  if (/^![^=]+=\*$|^[^=]+!=\*$/.test(tag)) return say(tag, 'a query cannot ask for samples without a key')
  if (parts !== null) return say(tag, `for "is not", write NOT ${writeTag(`${parts[1]}=${parts[2]}`)}`)
  if (/^!./.test(tag)) return say(tag, `for "is not", write NOT ${writeTag(tag.slice(1))}`)
  if (/[=!]~/.test(tag)) return say(tag, 'there are no regular expressions')
  if (/^['‘“”„]|=['‘“”„]/.test(tag)) return say(tag, 'only " quotes a tag')
  if (tag.endsWith('*')) return say(tag, 'a star stands only for the whole value of a key, as in host=*')
  return null
}

function say(tag: string, remark: string): string {
  return `the tag ${quote(tag)} is compared as it is written; ${remark}`
}
