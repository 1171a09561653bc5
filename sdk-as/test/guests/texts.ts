/** Exports everything of the package that reads bytes of others, each result as a Region to `release`. */
import { http, lastError } from '@slung/sdk-as/assembly'
import { EventDecoder } from '@slung/sdk-as/assembly/event-decoder'
import { lend, reclaim } from '@slung/sdk-as/assembly/region'
import { decodeText } from '@slung/sdk-as/assembly/utf8'

const decoder = new EventDecoder()

export function call(): i32 {
  return 0
}

export function read(address: usize, length: usize): usize {
  return lend(decodeText(address, length))
}

export function readTag(address: usize, length: usize): usize {
  return lend(decoder.decode(address, length)!.tags[0])
}

export function get(): usize {
  const response = http.get('http://localhost/')
  return lend(response.ok ? response.body : lastError())
}

export function release(region: usize): void {
  reclaim(region)
}
