/**
 * An answer that is available immediately or arrives later. A local source answers within the call, a remote one with a
 * promise. Replays and local stores never wait, so they keep control of the order of events.
 */
export type Eventually<Value> = Value | Promise<Value>

/** Continues with an answer: within this call if it is available, otherwise when it arrives. */
export function whenThere<Value, Result>(
  answer: Eventually<Value>,
  goOn: (value: Value) => Eventually<Result>,
): Eventually<Result> {
  return answer instanceof Promise ? answer.then(goOn) : goOn(answer)
}
