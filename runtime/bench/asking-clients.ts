/**
 * Clients that ask for the same aggregate again and again, and wait only when an answer asks them to. They have a thread of
 * their own, so what is measured beside them does not wait for them.
 */
import { setTimeout as wait } from 'node:timers/promises'
import { isMainThread, Worker, workerData } from 'node:worker_threads'

interface Attack {
  readonly url: string
  readonly query: string
  readonly clientCount: number
}

/** Starts them. @returns ends them */
export function startAskingClients(attack: Attack): () => Promise<void> {
  const worker = new Worker(new URL(import.meta.url), { workerData: attack })
  return async () => {
    await worker.terminate()
  }
}

async function ask({ url, query }: Attack): Promise<never> {
  for (;;) {
    const response = await fetch(`${url}/query?q=${encodeURIComponent(query)}`)
    await response.text()
    if (response.status === 429) await wait(Number(response.headers.get('retry-after')) * 1000)
  }
}

if (!isMainThread) {
  const attack = workerData as Attack
  await Promise.all(Array.from({ length: attack.clientCount }, () => ask(attack)))
}
