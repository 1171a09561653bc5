/** The WebSocket subprotocol with which a runtime tells its clients how many of their events are durable (`docs/ingest.md`). */
export const ackProtocol = 'slung.ack.v1'
