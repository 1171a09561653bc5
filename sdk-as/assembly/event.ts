/** One update of a live query, as the workflow sees it. */

export class Event {
  constructor(
    /** The sample's time, in µs since the Unix epoch. */
    readonly timestamp: i64,
    /** The aggregate after this sample. */
    readonly value: f64,
    /** The sample's tags, sorted. Shared between events: copy before you change them. */
    readonly tags: string[],
    /** The open connections that contributed to the value, ascending. Shared between events, as `tags` are. */
    readonly producers: u64[],
  ) {}

  /** The value of the tag `key=value`, or null if the sample has no such tag. The value may be empty. */
  tag(key: string): string | null {
    const tags = this.tags
    const length = key.length
    for (let i = 0; i < tags.length; i++) {
      const tag = unchecked(tags[i])
      if (tag.charCodeAt(length) == 0x3d && tag.startsWith(key)) return tag.substring(length + 1)
    }
    return null
  }

  /** Whether the sample carries exactly this tag: a flag such as `muted`, or `key=value`. */
  has(tag: string): bool {
    return this.tags.includes(tag)
  }
}
