/** What the HTTP side of the runtime answers: one table of routes, each a function from a request to an answer. */
import type { IncomingMessage } from 'node:http'
import { createGunzip } from 'node:zlib'
import type { LimitsConfig } from '../config/runtime-config.ts'
import { IngestReport } from '../bodies/body-reader.ts'
import { reportRevocation } from '../bodies/report-refusal.ts'
import { createBodyReader } from '../bodies/create-body-reader.ts'
import { SlungError } from '../../engine/model/slung-error.ts'
import type { Eventually } from '../../engine/model/eventually.ts'
import { oneLine, quoteJson } from '../../engine/text/quote.ts'
import { parseQuery } from '../../engine/query/parse-query.ts'
import type { Query } from '../../engine/query/query.ts'
import type { QueryAnswer } from '../../engine/query/query-answer.ts'
import { QuerySyntaxError } from '../../engine/query/query-syntax-error.ts'
import type { StateValues } from '../../engine/model/state-values.ts'
import { answerState } from './state-answer.ts'
import type { WorkflowStatus } from '../workflow/workflow-status.ts'
import type { Observers } from '../observe/observers.ts'
import type { Clock } from '../system/clock.ts'
import { packageVersion } from '../system/package-version.ts'
import type { Answer } from './answer.ts'
import { answerHealth, answerReady, retryLater, type HealthSource } from './health.ts'
import type { MetricsPage } from './metrics-page.ts'
import type { Intake } from '../intake.ts'
import { QueryPlaces } from './query-places.ts'

export interface RouteContext extends Pick<HealthSource, 'starting' | 'shortage' | 'isStopping'> {
  /** Answers a query. @throws {SlungError} why it has no answer; a promise rejects with the same */
  readonly answer: (query: Query) => Eventually<QueryAnswer>
  readonly intake: Intake
  readonly limits: LimitsConfig
  readonly clock: Pick<Clock, 'now'>
  readonly observers: Observers
  readonly workflows: () => readonly WorkflowStatus[]
  /** What a workflow remembers; `null` when there is no such workflow. */
  readonly stateOf: (workflow: string) => StateValues | null
  readonly metrics: () => Promise<MetricsPage>
}

/** Answers any request. @param isTrusted - whether it passes the gate; otherwise its path is one of `openPaths` */
export type Router = (request: IncomingMessage, url: URL, isTrusted: boolean) => Answer | Promise<Answer>

/**
 * What everybody may ask, with any `Host` and from any page: probes have no token, and send the address of the machine
 * or container as `Host`.
 */
export const openPaths: ReadonlySet<string> = new Set(['/health', '/ready'])

/** UTF-16 units shown of a path. */
const pathUnitsMax = 200

/** One method of a path. `openapi.yaml` describes it. */
export interface Route<Status extends number = number> {
  /** What it answers, beside what the gate answers in its place. */
  readonly statuses: readonly Status[]
  readonly answer: (...request: Parameters<Router>) => Answer<Status> | Promise<Answer<Status>>
}

/** By path and method. */
export type Routes = Readonly<Record<string, Readonly<Record<string, Route>>>>

/** Makes all routes. */
export function createRoutes(context: RouteContext): Routes {
  const queries = new QueryPlaces(context.limits)
  const health = { ...context, failure: () => context.intake.failure }
  return {
    '/': { GET: route([200], () => rootAnswer), POST: route([400], answerPost) },
    '/health': { GET: route([200, 503], (_request, _url, isTrusted) => answerHealth(health, isTrusted)) },
    '/ready': { GET: route([200, 503], (_request, _url, isTrusted) => answerReady(health, isTrusted)) },
    '/query': {
      GET: route([200, 400, 429, 500, 503], (request, url) =>
        queries.run<Answer<200 | 400 | 429 | 500 | 503>>(request, () => answerQuery(context, url), refuseQuery),
      ),
    },
    '/workflows': { GET: route([200], () => ({ status: 200, body: { workflows: context.workflows() } })) },
    '/workflows/{name}/state': { GET: route([200, 404], (_request, url) => answerState(url, context.stateOf)) },
    '/metrics': { GET: route([200], () => answerMetrics(context)) },
    '/record': { GET: route([426], answerRecord) },
    '/events': {
      POST: route([200, 400, 413, 415, 503], (request, url) => answerEvents(context, request, url)),
    },
  }
}

/** Holds the answers of a route to its statuses. */
function route<const Status extends number>(
  statuses: readonly Status[],
  answer: Route<Status>['answer'],
): Route<Status> {
  return { statuses, answer }
}

/** Makes the function that answers any request. */
export function createRouter(routes: Routes): Router {
  return (request, url, isTrusted) => {
    const path = url.pathname.replace(/^\/workflows\/[^/]+/, '/workflows/{name}')
    const methods = Object.hasOwn(routes, path) ? routes[path] : undefined
    if (methods === undefined) {
      return {
        status: 404,
        body: {
          error: `there is no ${oneLine(url.pathname, pathUnitsMax)}; known paths: ${Object.keys(routes).join(', ')}`,
        },
      }
    }
    // A HEAD is a GET without a body; Node drops it.
    const method = request.method === 'HEAD' ? 'GET' : (request.method ?? '')
    const handler = Object.hasOwn(methods, method) ? methods[method] : undefined
    if (handler === undefined) {
      const allow = Object.keys(methods).join(', ')
      return { status: 405, body: { error: `${url.pathname} takes ${allow}, not ${method}` }, headers: { allow } }
    }
    return handler.answer(request, url, isTrusted)
  }
}

/** For whoever opens the address in a browser. */
const rootPage = `This is the Slung runtime ${packageVersion()}.

WebSocket /           sends samples in binary frames, and receives what workflows write back
POST      /events     sends samples as NDJSON, CSV or InfluxDB line protocol
GET       /query?q=   asks for an aggregate: /query?q=AVG:temp:[]:[1h]
GET       /workflows  the state of every workflow; /workflows/NAME/state is what one remembers
GET       /health     whether it works
GET       /ready      whether it takes samples and its workflows follow them
GET       /metrics    metrics for Prometheus
WebSocket /record     what comes in and what workflows do, for "slung record"
`

const rootAnswer: Answer<200> = { status: 200, body: rootPage, contentType: 'text/plain; charset=utf-8' }

function answerPost(): Answer<400> {
  return {
    status: 400,
    body: {
      error: 'open a WebSocket here to send events, or POST them to /events; see /health, /query, /workflows, /metrics',
    },
  }
}

function answerRecord(): Answer<426> {
  const error = 'recordings go over a WebSocket: use "slung record"'
  return { status: 426, body: { error }, headers: { upgrade: 'websocket' } }
}

async function answerQuery({ answer, shortage }: RouteContext, url: URL): Promise<Answer<200 | 400 | 500 | 503>> {
  const found = shortage()
  if (found !== null) return { status: 503, body: { error: found }, headers: retryLater }
  const text = url.searchParams.get('q')
  if (text === null)
    return { status: 400, body: { error: 'the parameter q is missing: /query?q=AVG:temp:[sensor=1]:[1h]' } }
  try {
    return { status: 200, body: await answer(parseQuery(text)) }
  } catch (error) {
    if (error instanceof QuerySyntaxError) return { status: 400, body: { error: error.message, offset: error.offset } }
    // For example a damaged chunk.
    if (error instanceof SlungError) return { status: 500, body: { error: error.message } }
    throw error
  }
}

function refuseQuery(error: string): Answer<429> {
  return { status: 429, body: { error }, headers: { 'retry-after': '1' } }
}

async function answerMetrics({ metrics }: RouteContext): Promise<Answer<200>> {
  const { text, contentType } = await metrics()
  return { status: 200, body: text, contentType }
}

/** Answers when everything that was taken is durable, so that clients can rely on a 200. */
async function answerEvents(
  context: RouteContext,
  request: IncomingMessage,
  url: URL,
): Promise<Answer<200 | FailureStatus>> {
  const { intake, limits, clock, observers } = context
  const report = new IngestReport()
  try {
    // Requests have no connection that lasts: all those of an address count together.
    const batch = intake.createBatch(`address ${request.socket.remoteAddress ?? 'unknown'}`)
    const reader = createBodyReader(request.headers['content-type'], url.searchParams, batch, report, () => clock.now())
    const take = () => intake.take(batch, (refusal, line) => reportRevocation(report, line, refusal))
    for await (const chunk of readBody(request, limits.bodyBytesMax)) {
      reader.push(chunk)
      take()
      await intake.room()
    }
    reader.finish()
    take()
    await intake.durable()
  } catch (error) {
    return describeFailure(error)
  }
  const { accepted, rejected, errors, reasons } = report
  for (const [reason, count] of reasons) observers.tell('refused', reason, count)
  return { status: accepted === 0 && rejected > 0 ? 400 : 200, body: { accepted, rejected, errors } }
}

type FailureStatus = 400 | 413 | 415 | 503

const statusByCode: Readonly<Record<string, FailureStatus>> = {
  'unsupported-media-type': 415,
  'bad-parameter': 400,
  'bad-encoding': 415,
  'bad-body': 400,
  'body-too-long': 413,
  'store-failed': 503,
}

function describeFailure(error: unknown): Answer<FailureStatus> {
  const status = error instanceof SlungError ? statusByCode[error.code] : undefined
  if (status === undefined) throw error
  return { status, body: { error: (error as SlungError).message } }
}

/** The body, decompressed. @throws {SlungError} `body-too-long`, `bad-encoding`, `bad-body` */
async function* readBody(request: IncomingMessage, bytesMax: number): AsyncGenerator<Uint8Array> {
  const encoding = request.headers['content-encoding'] ?? 'identity'
  if (encoding !== 'identity' && encoding !== 'gzip') {
    throw new SlungError('bad-encoding', `content-encoding ${quoteJson(encoding)} is unknown, expected gzip or none`)
  }
  const gunzip = encoding === 'gzip' ? createGunzip() : null
  if (gunzip !== null) {
    request.pipe(gunzip)
    // `pipe` does not pass on that the sender has left.
    request.once('error', (error) => gunzip.destroy(error))
    request.once('close', () => {
      if (!request.complete) gunzip.destroy(new Error('the sender is gone'))
    })
  }
  let byteCount = 0
  try {
    // Leaving the loop early must not destroy the request: its sender still gets an answer.
    const chunks = gunzip ?? request.iterator({ destroyOnReturn: false })
    for await (const chunk of chunks as AsyncIterable<Buffer>) {
      byteCount += chunk.length
      if (byteCount > bytesMax) {
        throw new SlungError('body-too-long', `the body is longer than ${bytesMax} bytes; send it in parts`)
      }
      yield chunk
    }
  } catch (error) {
    if (error instanceof SlungError) throw error
    throw new SlungError('bad-body', `the body cannot be read: ${(error as Error).message}`, { cause: error })
  } finally {
    if (gunzip !== null) request.unpipe(gunzip)
  }
}
