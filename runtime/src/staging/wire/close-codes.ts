/** Status codes that a WebSocket of ours closes with: RFC 6455 section 7.4.1 and the IANA registry. */
export const closeCodes = {
  /** Everything was said. */
  normal: 1000,
  /** The runtime is stopping. */
  goingAway: 1001,
  /** The other side does not read. */
  policyViolation: 1008,
  /** A fault of ours. */
  internalError: 1011,
} as const
