/** The door of `@slung/runtime/client`: sends events to a runtime and receives the writebacks of its workflows. */

export type { SlungErrorCode } from '../engine/model/slung-error-code.ts'
export { SlungError } from '../engine/model/slung-error.ts'
export type { OutgoingEvent } from '../staging/wire/event-frame.ts'
export { connect, type ConnectOptions } from './connect.ts'
export type { ClientOptions, CloseOptions, SlungClient } from './slung-client.ts'
export { EventRefusedError, type DeliveryOptions } from './delivery.ts'
export { nowMicros } from './now-micros.ts'
export type { SocketOptions } from './open-socket.ts'
export type { RuntimeConnectionOptions } from './runtime-connection.ts'
