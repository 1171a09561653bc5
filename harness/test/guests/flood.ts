/** Sends a megabyte to its first producer, again and again, without ever polling twice. */
import { live, ws } from '@slung/sdk-as/assembly'

export function call(): i32 {
  const producer = live('COUNT:temp:[]').next()!.producers[0]
  const text = '0123456789abcdef'.repeat(1 << 16).slice(0, 1 << 20)
  while (true) ws.send(producer, text)
}
