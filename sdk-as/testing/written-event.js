/**
 * What a host makes of a `u_write_event`: the same samples and refusals as the runtime, whose code a published SDK
 * cannot import. `vectors/written-events.json` keeps this copy equal to it.
 */

import { HostRefusal } from './host-refusal.js'

const nameBytesMax = 1024
const tagCountMax = 64
const decimalInteger = /^[+-]?\d+$/
const decimalNumber = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i
const controlCharacter = /\p{Cc}/u

/**
 * Reads the three texts of a written event. White space around a number or a tag does not count, the last `series=NAME`
 * names the series, and the tags that are left are a set: sorted, without repetition and without empty ones.
 *
 * @param {string} timestamp - decimal microseconds
 * @param {string} value - decimal number
 * @param {string} tags - joined by commas
 * @throws {HostRefusal} naming the field that is wrong
 */
export function parseWrittenEvent(timestamp, value, tags) {
  const micros = Number(timestamp)
  if (!decimalInteger.test(timestamp.trim()) || !Number.isSafeInteger(micros)) {
    throw refusal(`timestamp ${quote(timestamp)} is not a decimal number of microseconds within ±(2^53 − 1)`)
  }
  const number = Number(value)
  if (!decimalNumber.test(value.trim()) || !Number.isFinite(number)) {
    throw refusal(`value ${quote(value)} is not a finite decimal number`)
  }
  const isSeries = (tag) => tag.startsWith('series=')
  const list = tags.split(',').map((tag) => tag.trim())
  const series = list.findLast(isSeries)?.slice('series='.length) ?? ''
  if (series === '') throw refusal(`tags ${quote(tags)} name no series; add series=NAME`)
  const kept = list.filter((tag) => tag !== '' && !isSeries(tag))
  checkText('series name', series)
  for (const tag of kept) checkText('tag', tag)
  const sorted = [...new Set(kept)].sort()
  if (sorted.length > tagCountMax) {
    throw refusal(`series ${quote(series)} has ${sorted.length} tags; at most ${tagCountMax} are allowed`)
  }
  // Adding zero turns −0 into 0: a timestamp is an integer.
  return { timestamp: micros + 0, series, value: number, tags: sorted }
}

function checkText(what, text) {
  const control = controlCharacter.exec(text)?.[0].codePointAt(0)
  if (control !== undefined) {
    const code = control.toString(16).padStart(4, '0')
    throw refusal(`${what} ${quote(text)} contains the control character U+${code}`)
  }
  const byteCount = new TextEncoder().encode(text).length
  if (byteCount > nameBytesMax) {
    throw refusal(`${what} ${quote(text)} is ${byteCount} bytes long; at most ${nameBytesMax} are allowed`)
  }
}

function refusal(reason) {
  return new HostRefusal(`cannot write the event: ${reason}`)
}

/** As JSON, shortened. */
function quote(text) {
  const characters = [...text]
  return JSON.stringify(characters.length > 80 ? `${characters.slice(0, 80).join('')}…` : text)
}
