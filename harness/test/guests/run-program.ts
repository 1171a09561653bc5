/**
 * Runs the program that stands in its memory, so that a test makes a workflow by writing down bytes; see
 * `test/truth/program.ts` for the language, and `test/truth/program-module.ts` for how a program gets here.
 *
 * It reports every Event and every answer that it gets, and never looks at the clock.
 */
import {
  slung_http_status,
  u_free_handle,
  u_poll_handle,
  u_query_history,
  u_query_live,
  u_write_event,
  u_writeback_http,
  u_writeback_ws,
} from '@slung/sdk-as/assembly/abi'
import { lend, reclaim, takeText } from '@slung/sdk-as/assembly/region'
import { log } from '@slung/sdk-as/assembly'

const ROOM = 16384
const SLOTS = 8
/** Later Events are reported 64 at a time, as a hash of all so far. */
const HASHED = 64

/** Where the host's side puts the program. */
export const program: usize = memory.data(ROOM)
/** How often each instruction was executed: a u32 by its number. */
export const executed: usize = memory.data(64)

const handles = new StaticArray<u64>(SLOTS)
let at: usize = 0
let tellsProducers = false
let toldMax: u32 = 0
/** What the program does besides, at most: it may subscribe to what it writes. */
let effectsMax: u32 = 0
let base = ''
let modes: usize = 0

/** What is known of the latest Event. */
let timestamp = '0'
let value = '0'
let tags = ''
let producers = ''
let event = ''
let found = false

/** What is known of the latest answers. */
let status: u32 = 0
let answer = ''
let aggregate: f64 = 0

let observed: u32 = 0
let effects: u32 = 0
let hash: u32 = 2166136261

export function call(): i32 {
  at = program
  tellsProducers = byte() != 0
  toldMax = short()
  effectsMax = short()
  base = text()
  modes = at
  at += SLOTS
  const loop = program + short()
  while (true) {
    const op = byte()
    const count = executed + <usize>op * 4
    store<u32>(count, load<u32>(count) + 1)
    if (op == 0) at = loop
    else if (op == 1) open(byte(), text())
    else if (op == 2) free(byte())
    else if (op == 3) found = poll(byte())
    else if (op == 4) pollInRounds(byte())
    else if (op == 5) drain(byte(), byte())
    else if (op == 6) select(byte())
    else if (op == 7) ask(text())
    else if (op == 8) write(text(), byte())
    else if (op == 9) send(byte())
    else if (op == 10) post(byte(), text())
    else if (op == 11) print()
    else if (op == 12) tellAnswer()
    else if (op == 13) skipUnless(byte(), short(), short())
    else if (op == 14) unreachable()
    else return byte()
  }
}

function byte(): u32 {
  return load<u8>(at++)
}

function short(): u32 {
  at += 2
  return load<u16>(at - 2)
}

function text(): string {
  const length = byte()
  at += length
  return String.UTF8.decodeUnsafe(at - length, length)
}

function open(slot: u32, query: string): void {
  free(slot)
  const region = lend(query)
  handles[slot] = u_query_live(region)
  reclaim(region)
}

function free(slot: u32): void {
  if (handles[slot] != 0) u_free_handle(handles[slot])
  handles[slot] = 0
}

function poll(slot: u32): bool {
  const region = u_poll_handle(handles[slot])
  if (region == 0) return false
  event = takeText(region)
  const valueAt = event.indexOf(',"value":')
  const tagsAt = event.indexOf(',"tags":')
  const producersAt = event.indexOf(',"producers":')
  timestamp = event.substring(13, valueAt)
  value = event.substring(valueAt + 9, tagsAt)
  tags = event.substring(tagsAt + 8, producersAt)
  producers = event.substring(producersAt + 14, event.length - 2)
  if (!tellsProducers) event = event.substring(0, producersAt) + '}'
  if (observe(handles[slot].toString() + event)) tell(slot)
  return true
}

function pollInRounds(count: u32): void {
  found = false
  for (let round: u32 = 0; round < count; round++) {
    for (let slot = 0; slot < SLOTS; slot++) {
      if (handles[slot] != 0 && poll(slot)) found = true
    }
  }
}

function drain(slot: u32, max: u32): void {
  found = false
  for (let count: u32 = 0; count < max && poll(slot); count++) found = true
}

function select(max: u32): void {
  found = false
  for (let count: u32 = 0; count < max;) {
    for (let slot = 0; slot < SLOTS && !found; slot++) {
      if (handles[slot] == 0) continue
      count++
      found = poll(slot)
    }
    if (found) return
    count++
  }
}

/** Whether to report it in full. */
function observe(what: string): bool {
  for (let index = 0; index < what.length; index++) hash = (hash ^ what.charCodeAt(index)) * 16777619
  observed++
  if (observed <= toldMax) return true
  if (observed % HASHED == 0) writeEvent('hashed', hash.toString(), ',count=' + ((observed / HASHED) % 8).toString())
  return false
}

function tell(slot: u32): void {
  const mode = load<u8>(modes + slot)
  const whole = '{"handle":' + handles[slot].toString() + ',"event":' + event + '}'
  if (mode == 1) return request(1, '/seen', whole)
  if (mode == 2 && sendTo(lastOf(producers), whole)) return
  if (mode == 3) return log.info('seen ' + whole)
  const from = tellsProducers ? ',from=' + inTag(producers) : ''
  writeEvent('seen', value, ',handle=' + handles[slot].toString() + ',tags=' + inTag(tags) + from)
}

function ask(query: string): void {
  const region = lend(query)
  aggregate = u_query_history(region)
  reclaim(region)
  if (!observe(aggregate.toString())) return
  if (isFinite(aggregate)) writeEvent('answered', aggregate.toString(), ',query=' + inTag(query))
  else writeEvent('answered', '0', ',is=' + aggregate.toString() + ',query=' + inTag(query))
}

function write(series: string, kind: u32): void {
  if (effects++ >= effectsMax) return
  // A sample that two workflows write would be whatever the later one wrote.
  writeEvent(series, kind == 0 ? value : kind == 1 ? observed.toString() : aggregate.toString(), ',by=' + base)
}

function print(): void {
  if (effects++ < effectsMax) log.info('log ' + observed.toString() + ' ' + event)
}

function tellAnswer(): void {
  if (effects++ < effectsMax) writeEvent('told', status.toString(), ',answer=' + inTag(answer))
}

function writeEvent(series: string, number: string, more: string): void {
  const first = lend(timestamp)
  const second = lend(number)
  const third = lend('series=' + series + more)
  u_write_event(first, second, third)
  reclaim(first)
  reclaim(second)
  reclaim(third)
}

function send(which: u32): void {
  if (effects++ >= effectsMax) return
  const producer = which == 0 ? producers.split(',')[0] : lastOf(producers)
  const whole = 'note ' + observed.toString() + ' ' + value
  if (!sendTo(producer, whole)) writeEvent('unsent', observed.toString(), '')
}

function sendTo(producer: string, whole: string): bool {
  if (producer == '') return false
  const region = lend(whole)
  const refused = u_writeback_ws(U64.parseInt(producer), region)
  reclaim(region)
  return refused == 0
}

function post(method: u32, path: string): void {
  if (effects++ >= effectsMax) return
  request(method, path, '{"count":' + observed.toString() + ',"event":' + (event == '' ? 'null' : event) + '}')
}

function request(method: u32, path: string, body: string): void {
  const first = lend(base + path)
  const second = lend(body)
  const response = u_writeback_http(first, second, method)
  reclaim(first)
  reclaim(second)
  status = slung_http_status()
  answer = response == 0 ? '' : takeText(response)
}

function skipUnless(condition: u32, parameter: u32, length: u32): void {
  if (!holds(condition, parameter)) at += length
}

function holds(condition: u32, parameter: u32): bool {
  if (condition == 0) return found
  if (condition == 1) return !found
  if (condition == 2) return F64.parseFloat(value) > <f64>parameter
  if (condition == 3) return status == parameter
  if (condition == 4) return parameter != 0 && observed % parameter == 0
  if (condition == 5) return observed >= parameter
  if (condition == 6) return aggregate > <f64>parameter
  return answer.length % 2 == 1
}

function lastOf(list: string): string {
  return list.substring(list.lastIndexOf(',') + 1)
}

/** What a tag may hold: commas separate tags. */
function inTag(whole: string): string {
  return whole == '' ? '-' : whole.replaceAll(',', '|')
}
