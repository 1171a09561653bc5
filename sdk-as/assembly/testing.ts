/**
 * Scripts the host from an as-pect spec (what queries deliver, what HTTP answers, what is refused) and reads what the
 * workflow did. The other side is `testing/mock-host.js`; `as-pect.config.js` connects the two:
 *
 *   import { aspectConfig } from '@slung/sdk-as/testing'
 *   export default aspectConfig()
 *
 * Import it from '@slung/sdk-as/assembly/testing', in specs only: no other host provides these imports.
 */
import { Json } from './json'
import { lend, reclaim, takeText } from './region'

// An event of 0 is a poll that finds nothing.
@external("mock", "deliver")
declare function mock_deliver(query: usize, event: usize): void

// NaN = nothing stored.
@external("mock", "answer_history")
declare function mock_answer_history(query: usize, value: f64): void

// For the next request that has no answer yet.
@external("mock", "answer_http")
declare function mock_answer_http(status: u32, body: usize): void

// For the next call that can be refused.
@external("mock", "refuse")
declare function mock_refuse(reason: usize): void

// Of the environment.
@external("mock", "set_variable")
declare function mock_set_variable(name: usize, value: usize): void

// Any bytes.
@external("mock", "set_state")
declare function mock_set_state(key: usize, value: usize): void

// A Region that the guest owns; 0 = not set.
@external("mock", "state")
declare function mock_state(key: usize): usize

// Microseconds since the Unix epoch.
@external("mock", "set_now")
declare function mock_set_now(timestamp: i64): void

// A Region that the guest owns.
@external("mock", "take_effects")
declare function mock_take_effects(): usize

// Subscriptions not closed yet.
@external("mock", "open_handles")
declare function mock_open_handles(): i32

// Forgets what was scripted and recorded.
@external("mock", "reset")
declare function mock_reset(): void

export namespace mock {
  /** Scripts the next Event of a live query, by its text. */
  export function deliver(query: string, timestamp: i64, value: f64, tags: string[] = [], producers: u64[] = []): void {
    const event = Json.object().set('timestamp', timestamp).set('value', value)
    deliverJson(query, event.set('tags', tags).set('producers', producers).toString())
  }

  /** Scripts the next Event as the JSON the host would send. */
  export function deliverJson(query: string, event: string): void {
    const queryRegion = lend(query)
    const eventRegion = lend(event)
    mock_deliver(queryRegion, eventRegion)
    reclaim(eventRegion)
    reclaim(queryRegion)
  }

  /** Makes the next poll of a query find nothing. Once nothing is scripted any more, a poll throws. */
  export function deliverNothing(query: string): void {
    const region = lend(query)
    mock_deliver(region, 0)
    reclaim(region)
  }

  /** Scripts what a historical query answers. Not scripted = NaN. */
  export function answerHistory(query: string, value: f64): void {
    const region = lend(query)
    mock_answer_history(region, value)
    reclaim(region)
  }

  /** Scripts the response to the next HTTP request. Not scripted = 200 with an empty body. */
  export function answerHttp(status: u32, body: string): void {
    const region = lend(body)
    mock_answer_http(status, region)
    reclaim(region)
  }

  /** Makes the host refuse the next call that it can refuse, for this reason. Reading the state is not one. */
  export function refuse(reason: string): void {
    const region = lend(reason)
    mock_refuse(region)
    reclaim(region)
  }

  /** Sets an environment variable of the workflow, until `reset`. */
  export function setVariable(name: string, value: string): void {
    const nameRegion = lend(name)
    const valueRegion = lend(value)
    mock_set_variable(nameRegion, valueRegion)
    reclaim(valueRegion)
    reclaim(nameRegion)
  }

  /** Sets a key of the state: what the workflow remembers from an earlier run. */
  export function setState(key: string, value: string): void {
    const keyRegion = lend(key)
    const valueRegion = lend(value)
    mock_set_state(keyRegion, valueRegion)
    reclaim(valueRegion)
    reclaim(keyRegion)
  }

  /** The value that a key of the state has now; `null` when it is not set. */
  export function state(key: string): string | null {
    const region = lend(key)
    const value = mock_state(region)
    reclaim(region)
    return value == 0 ? null : takeText(value)
  }

  /** Sets the clock behind `now()`. */
  export function setNow(timestamp: i64): void {
    mock_set_now(timestamp)
  }

  /** What the workflow did since the last call, one line each: `ws 1 text`, `http POST url body`, `event s{tag} 1 @µs`, `stdout text`. */
  export function takeEffects(): string {
    return takeText(mock_take_effects())
  }

  /** How many subscriptions are open. */
  export function openHandles(): i32 {
    return mock_open_handles()
  }

  /** Forgets everything scripted and recorded, and the state: for `beforeEach`. */
  export function reset(): void {
    mock_reset()
  }
}
