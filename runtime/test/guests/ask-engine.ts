// Asks for everything that the engine's thread answers, prints the answers, and returns.
import {
  print,
  reason,
  regionFrom,
  u_free_handle,
  u_query_history,
  u_query_live,
  u_write_event,
  u_writeback_http,
  u_writeback_ws,
} from './raw-abi'
export { allocate, deallocate } from './raw-abi'

export function call(): i32 {
  say('refused query', u_query_live(regionFrom('AVG:temp')).toString())
  const handle = u_query_live(regionFrom('AVG:temp:[]'))
  say('handle', handle.toString())
  say('write', u_write_event(regionFrom('1000'), regionFrom('21.5'), regionFrom('series=temp,sensor=1')).toString())
  say('bad write', u_write_event(regionFrom('1000'), regionFrom('21.5'), regionFrom('sensor=1')).toString())
  say('history', u_query_history(regionFrom('SUM:temp:[sensor=1]')).toString())
  say('history of groups', u_query_history(regionFrom('SUM:temp:[sensor=*]')).toString())
  say('ws', u_writeback_ws(99, regionFrom('hello')).toString())
  say('http', u_writeback_http(regionFrom('http://127.0.0.1:1/x?key=secret'), regionFrom(''), 0).toString())
  say('free', u_free_handle(handle).toString())
  say('free again', u_free_handle(handle).toString())
  return 0
}

function say(what: string, answer: string): void {
  print(1, what + ' ' + answer + ' ' + reason() + '\n')
}
