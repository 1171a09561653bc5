/**
 * What a text frame of a runtime says. On a connection with acknowledgements three shapes belong to the protocol, exactly as
 * the runtime writes them; any other text is a writeback, which a workflow composed.
 *
 * A workflow could write the same shapes. Nothing marks its texts, because clients without acknowledgements receive them
 * as they are; so it is also asked whether a message can be true (`outbox.ts`), and one that cannot is a writeback.
 * `docs/ingest.md` tells authors to keep away from these shapes.
 */

/** The WebSocket subprotocol with acknowledgements (`docs/ingest.md`). */
export const ackProtocol = 'slung.ack.v1'

export type ServerMessage =
  /** So many events that this connection sent are durable; refused ones are not among them. */
  | { readonly kind: 'ack'; readonly count: number }
  /** One event was not taken; `event` counts from 1 over the connection. */
  | { readonly kind: 'refused'; readonly event: number; readonly reason: string }
  /** A frame that is no sequence of events. */
  | { readonly kind: 'bad-frame'; readonly offset: number; readonly reason: string }
  | { readonly kind: 'writeback' }

const writeback: ServerMessage = { kind: 'writeback' }

export function parseServerMessage(text: string): ServerMessage {
  const [, ack] = /^\{"ack":(\d{1,16})\}$/.exec(text) ?? []
  if (ack !== undefined) return { kind: 'ack', count: Number(ack) }
  // Most writebacks are told by their first letters; only what may be an error is parsed.
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
