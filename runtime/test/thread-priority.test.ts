/** On Linux, guests have what the engine leaves: their threads have the lowest priority, and only theirs. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { platform, tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { compileGuest } from './compile-guest.ts'
import { spawnRuntime } from './spawn-runtime.ts'

test.runIf(platform() === 'linux')("a guest's thread has the lowest priority, and all others keep theirs", async () => {
  const folder = await mkdtemp(join(tmpdir(), 'slung-priority-'))
  try {
    for (const [file, contents] of await compileGuest('echo-events')) await writeFile(join(folder, file), contents)
    const runtime = await spawnRuntime(['--data', join(folder, 'data'), join(folder, 'echo-events.wasm')])
    try {
      const own = await nicenessOf('self', 'self')
      const found = await vi.waitFor(
        async () => {
          const threads = await threadsOf(runtime.process.pid!)
          expect(threads['slung-guest']).toEqual([19])
          return threads
        },
        { timeout: 30_000, interval: 20 },
      )
      expect(found['slung-writer']).toEqual([own])
      const others = Object.entries(found).filter(([name]) => name !== 'slung-guest')
      expect(others.flatMap(([, niceness]) => niceness)).toEqual(others.flatMap(([, all]) => all.map(() => own)))
    } finally {
      await runtime.kill()
    }
  } finally {
    await rm(folder, { recursive: true })
  }
})

/** The niceness of each thread of a process, by the names of the threads. */
async function threadsOf(process: number): Promise<Record<string, number[]>> {
  const threads: Record<string, number[]> = {}
  for (const thread of await readdir(`/proc/${process}/task`)) {
    const name = (await readFile(`/proc/${process}/task/${thread}/comm`, 'utf8')).trim()
    ;(threads[name] ??= []).push(await nicenessOf(process, thread))
  }
  return threads
}

async function nicenessOf(process: number | 'self', thread: string): Promise<number> {
  const path = thread === 'self' ? `/proc/${process}/stat` : `/proc/${process}/task/${thread}/stat`
  const text = await readFile(path, 'utf8')
  // The 19th field; the second is a name in parentheses.
  return Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[16])
}
