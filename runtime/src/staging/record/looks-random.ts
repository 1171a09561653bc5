/** Tells keys, which chance has made, from names and identifiers, which people have. */

const keyLettersMin = 20
/** A key that is written with hyphens and underscores. */
const mixedLettersMin = 32
const uuids = /(?<![0-9a-f])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![0-9a-f])/gi

/**
 * Whether a run of letters, digits, `-`, `_`, `+` and `/` contains a key: 20 letters and digits in a row, or 32 with
 * capitals, small letters and digits, unless they are words with numbers (`temperature-of-room-12`) or a UUID.
 */
export function looksRandom(text: string): boolean {
  if (text.length < keyLettersMin) return false
  const rest = text.replaceAll(uuids, ' ')
  if (rest.split(/[^A-Za-z0-9]+/).some(isKey)) return true
  return rest.length >= mixedLettersMin && isMixed(rest) && !isWords(rest)
}

function isKey(run: string): boolean {
  if (run.length < keyLettersMin || !/\d/.test(run)) return false
  // Fewer may be a unit after a number.
  if (run.replaceAll(/\d/g, '').length < keyUnitsMax) return false
  return /^(?:[0-9a-f]+|[0-9A-F]+)$/.test(run) || !isWords(run)
}

const keyUnitsMax = 4

/** Whether all three kinds of characters are there. */
export function isMixed(text: string): boolean {
  return /[a-z]/.test(text) && /[A-Z]/.test(text) && /\d/.test(text)
}

/** Whether the letters come in long groups, most of which can be pronounced. */
export function isWords(text: string): boolean {
  let [groups, letters, inWords] = [0, 0, 0]
  for (const [group] of text.matchAll(/[A-Z]?[a-z]+|[A-Z]+/g)) {
    groups++
    letters += group.length
    if (isWord(group)) inWords += group.length
  }
  return letters >= groups * groupLettersMin && inWords >= letters * wordsShareMin
}

// Measured: of random keys of 32 letters and digits, 3 of 1,000 pass for words, of shorter ones in one case 5 of 100.
const groupLettersMin = 3.7
const wordsShareMin = 0.7

function isWord(group: string): boolean {
  if (group.length < 3 || /[^aeiouy]{4}/i.test(group)) return false
  const vowels = group.replaceAll(/[^aeiou]/gi, '').length
  return vowels >= group.length * 0.25 && vowels <= group.length * 0.67
}
