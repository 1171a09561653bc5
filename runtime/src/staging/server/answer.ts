/** What a route answers. */
export interface Answer<Status extends number = number> {
  readonly status: Status
  /** A string is sent as it is, anything else as JSON. */
  readonly body: unknown
  readonly contentType?: string
  readonly headers?: Readonly<Record<string, string>>
}
