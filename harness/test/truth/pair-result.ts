/** What becomes of pairs. */

/** What became of the pairs of one scenario: one for each workflow. */
export interface PairResult {
  /** How often each instruction was executed, in the order of `operations`. */
  readonly executed: readonly number[]
  /** What broke the law; empty when it holds. */
  readonly differences: readonly Difference[]
  readonly facts: PairFacts
}

export interface Difference {
  /** For counting: what it is about. */
  readonly kind: string
  readonly workflow: string
  /** The first difference, with what is around it on both sides. */
  readonly text: string
}

export interface PairFacts {
  readonly pairs: number
  readonly lines: number
  readonly samples: number
  /** Events that the replayed workflows got. */
  readonly delivered: number
  /** Workflows that fell behind so far that Events coalesced: the law says nothing of them. */
  readonly behind: number
  /** Subscriptions, and answers to history queries, while Events of earlier samples were not polled yet. */
  readonly subscribedBehind: number
  readonly askedBehind: number
}

export const noFacts: PairFacts = {
  pairs: 0,
  lines: 0,
  samples: 0,
  delivered: 0,
  behind: 0,
  subscribedBehind: 0,
  askedBehind: 0,
}
