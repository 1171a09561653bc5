/** One point in which what came is not what was expected. */
export interface Difference {
  /** Where, in words of the spec: `http`, `text`, `value`, or a path such as `json.items[2].id`. */
  readonly path: string
  /** `undefined` = nothing was expected here. May hold placeholders. */
  readonly expected: unknown
  /** `undefined` = nothing came. */
  readonly actual: unknown
  /** What else helps to understand it: `1s late`, `the body is not JSON`. */
  readonly note: string | null
}
