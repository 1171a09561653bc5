/**
 * The meaning of a runtime's text frames. On a connection with acknowledgements, three shapes belong to the protocol,
 * exactly as the runtime writes them; any other text is a writeback, which a workflow composed.
 *
 * A workflow could write the same shapes. Nothing marks its texts, because clients without acknowledgements receive
 * them as they are; so `outbox.ts` also checks whether a message can be true, and takes one that cannot for a
 * writeback. `docs/ingest.md` asks authors to avoid these shapes.
 */

/** The WebSocket subprotocol with acknowledgements (`docs/ingest.md`). */
export const ackProtocol = 'slung.ack.v1'

export type ServerMessage =
  /** `count` events of this connection are durable, without the refused ones. */
  | { readonly kind: 'ack'; readonly count: number }
  /** One event was not taken; `event` counts from 1 over the connection. */
  | { readonly kind: 'refused'; readonly event: number; readonly reason: string }
  /** A frame that is not a sequence of events. */
  | { readonly kind: 'bad-frame'; readonly offset: number; readonly reason: string }
  | { readonly kind: 'writeback' }

const writeback: ServerMessage = { kind: 'writeback' }

export function parseServerMessage(text: string): ServerMessage {
  const [, ack] = /^\{"ack":(\d{1,16})\}$/.exec(text) ?? []
  if (ack !== undefined) return { kind: 'ack', count: Number(ack) }
  // The first letters give most writebacks away; only a possible error is parsed.
  if (!text.startsWith('{"error":"') || !/,"(?:event|offset)":\d{1,16}\}$/.test(text)) return writeback
  const fields = parseObject(text)
  if (fields === null || Object.keys(fields).length !== 2) return writeback
  const { error: reason, event, offset } = fields
  if (typeof reason !== 'string') return writeback
  if (typeof event === 'number') return { kind: 'refused', event, reason }
  if (typeof offset === 'number') return { kind: 'bad-frame', offset, reason }
  return writeback
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    return JSON.parse(text) as Record<string, unknown>
  } catch {
    return null
  }
}
