/**
 * An answer that is there at once, or comes later. What is at hand answers at once, within the call; what lies elsewhere answers
 * with a promise. Replays and local stores never wait, so that the order of what happens stays theirs.
 */
export type Eventually<Value> = Value | Promise<Value>

/** Goes on with an answer: within this call when it is there, otherwise when it comes. */
export function whenThere<Value, Result>(
  answer: Eventually<Value>,
  goOn: (value: Value) => Eventually<Result>,
): Eventually<Result> {
  return answer instanceof Promise ? answer.then(goOn) : goOn(answer)
}
