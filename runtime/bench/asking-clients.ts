/**
 * Clients that ask for the same aggregate again and again, on a thread of their own: whoever measures something else
 * beside them does not wait for them.
 */
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
  }
}

if (!isMainThread) {
  const attack = workerData as Attack
  await Promise.all(Array.from({ length: attack.clientCount }, () => ask(attack)))
}
