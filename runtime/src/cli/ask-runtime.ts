/** Asks a running runtime over HTTP, for commands that print what it answers. */
import { SlungError } from '../engine/model/slung-error.ts'
import { formatRuntimeUrl, parseRuntimeUrl } from '../client/runtime-url.ts'
import { resolveRuntimeAccess, type RuntimeFlags } from './runtime-access.ts'

export interface RuntimeAnswer<Body> {
  readonly status: number
  readonly body: Body
  /** The address of the runtime, for people. */
  readonly where: string
}

export interface Question extends RuntimeFlags {
  /** For messages: `query`. */
  readonly verb: string
  readonly path: string
  readonly parameters?: Readonly<Record<string, string>>
  /** Statuses whose body is an answer. */
  readonly answers?: readonly number[]
  /** What else the user can do when nothing answers. */
  readonly otherwise?: string
}

/**
 * Sends a GET and reads the JSON of the answer.
 *
 * @throws {SlungError} `no-runtime` when there is none, `refused` for a status that is no answer, and those of
 *   `resolveRuntimeAccess` and `parseRuntimeUrl`
 */
export async function askRuntime<Body>({
  verb,
  path,
  parameters = {},
  answers = [200],
  otherwise = '',
  ...flags
}: Question): Promise<RuntimeAnswer<Body>> {
  const { url: address, token } = resolveRuntimeAccess(flags)
  const url = parseRuntimeUrl(address)
  const where = formatRuntimeUrl(url)
  url.protocol = url.protocol.replace('ws', 'http')
  url.pathname = path
  url.search = new URLSearchParams(parameters).toString()
  let response: Response
  try {
    response = await fetch(url, token === null ? {} : { headers: { authorization: `Bearer ${token}` } })
  } catch (error) {
    const { cause } = error as Error
    const reason =
      (cause as NodeJS.ErrnoException | undefined)?.code === 'ECONNREFUSED'
        ? 'nothing is listening there'
        : String(cause)
    const remedy = `start a runtime with "slung run"${otherwise}`
    throw new SlungError('no-runtime', `cannot ${verb} ${where}: ${reason}; ${remedy}`, { cause: error })
  }
  const { status } = response
  const body = await readJson(response, `cannot ${verb} ${where}`)
  if (answers.includes(status)) return { status, body: body as Body, where }
  const { error = `status ${status}` } = body as { error?: string }
  throw new SlungError('refused', `cannot ${verb} ${where}: ${error}`)
}

async function readJson(response: Response, attempted: string): Promise<unknown> {
  try {
    return await response.json()
  } catch (error) {
    const found = `it answered with status ${response.status} and not with JSON`
    throw new SlungError('no-runtime', `${attempted}: ${found}, so it is not a "slung run"`, { cause: error })
  }
}
