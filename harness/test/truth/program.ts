/**
 * The language of `guests/run-program.ts`: workflows as values, which a test can make by chance, make smaller, print,
 * and turn into bytes.
 */

/** One instruction; slots are 0 … 7, and counts 1 … 255. */
export type Instruction =
  /** Subscribes, and frees what the slot held. */
  | readonly ['open', slot: number, query: string]
  | readonly ['free', slot: number]
  /** Polls once; with nothing open in the slot, too. */
  | readonly ['poll', slot: number]
  /** Polls everything open by turns. */
  | readonly ['rounds', count: number]
  /** Polls one until it answers nothing. */
  | readonly ['drain', slot: number, max: number]
  /** Polls everything open by turns until one answers. */
  | readonly ['select', max: number]
  | readonly ['history', query: string]
  /** Writes a sample, at the time of the latest Event. */
  | readonly ['write', series: string, value: 'event' | 'count' | 'history']
  /** Sends a text to a producer of the latest Event. */
  | readonly ['send', producer: 'first' | 'last']
  | readonly ['request', method: 'GET' | 'POST' | 'PUT', path: string]
  | readonly ['log']
  /** Writes down the latest answer to a request. */
  | readonly ['tell']
  | readonly ['if', condition: Condition, parameter: number, then: readonly Instruction[]]
  | readonly ['trap']
  | readonly ['return', code: number]

/** `above` is about the value of the latest Event, `status` and `oddAnswer` about the latest request. */
export type Condition = (typeof conditions)[number]

/** Where the guest reports the Events of a slot: as a written sample, over HTTP, to the latest producer, or in the log. */
export type Mode = (typeof modes)[number]

export interface Program {
  /** Whether reports of Events include their `producers`. */
  readonly tellsProducers: boolean
  /** Events and answers to history queries that the guest reports one by one; later ones go into a hash. */
  readonly toldMax: number
  /** How often it writes, sends, requests and prints besides: it may subscribe to what it writes. */
  readonly effectsMax: number
  /** By slot. */
  readonly modes: readonly Mode[]
  /** Runs once. */
  readonly setup: readonly Instruction[]
  /** Repeats forever, with a poll at the end of each round. */
  readonly loop: readonly Instruction[]
}

export const slotCount = 8
export const modes = ['event', 'http', 'ws', 'log'] as const
export const conditions = ['found', 'nothing', 'above', 'status', 'everyNth', 'since', 'history', 'oddAnswer'] as const
const methods = ['GET', 'POST', 'PUT'] as const
const writtenValues = ['event', 'count', 'history'] as const

/** In the order of the numbers that the guest knows them by. */
export const operations = [
  'repeat',
  'open',
  'free',
  'poll',
  'rounds',
  'drain',
  'select',
  'history',
  'write',
  'send',
  'request',
  'log',
  'tell',
  'if',
  'trap',
  'return',
] as const

/** The bytes that the guest reads. @param base - where its requests go, without the path */
export function encodeProgram(program: Program, base: string): Uint8Array {
  const { tellsProducers, toldMax, effectsMax, modes: chosen, setup, loop } = program
  const head = [
    Number(tellsProducers),
    ...short(toldMax),
    ...short(effectsMax),
    ...text(base),
    ...chosen.map((mode) => modes.indexOf(mode)),
  ]
  const before = setup.flatMap(encode)
  // Without a poll, the guest would spin.
  const repeated = [...loop, ['poll', 0] as const].flatMap(encode)
  const loopAt = head.length + 2 + before.length
  return Uint8Array.from([...head, ...short(loopAt), ...before, ...repeated, numberOf('repeat')])
}

/** All instructions, those in conditions too. */
export function* instructionsOf(instructions: readonly Instruction[]): Generator<Instruction> {
  for (const instruction of instructions) {
    yield instruction
    if (instruction[0] === 'if') yield* instructionsOf(instruction[3])
  }
}

/** The same program with each instruction replaced, those in conditions too. */
export function mapInstructions(program: Program, replace: (instruction: Instruction) => Instruction): Program {
  const map = (instructions: readonly Instruction[]): Instruction[] =>
    instructions.map((one) => (one[0] === 'if' ? ['if', one[1], one[2], map(one[3])] : replace(one)))
  return { ...program, setup: map(program.setup), loop: map(program.loop) }
}

function encode(instruction: Instruction): number[] {
  const number = numberOf(instruction[0])
  switch (instruction[0]) {
    case 'open':
      return [number, instruction[1], ...text(instruction[2])]
    case 'free':
    case 'poll':
    case 'rounds':
    case 'select':
    case 'return':
      return [number, instruction[1]]
    case 'drain':
      return [number, instruction[1], instruction[2]]
    case 'history':
      return [number, ...text(instruction[1])]
    case 'write':
      return [number, ...text(instruction[1]), writtenValues.indexOf(instruction[2])]
    case 'send':
      return [number, instruction[1] === 'first' ? 0 : 1]
    case 'request':
      return [number, methods.indexOf(instruction[1]), ...text(instruction[2])]
    case 'log':
    case 'tell':
    case 'trap':
      return [number]
    case 'if': {
      const [, condition, parameter, then] = instruction
      const skipped = then.flatMap(encode)
      return [number, conditions.indexOf(condition), ...short(parameter), ...short(skipped.length), ...skipped]
    }
  }
}

function numberOf(operation: (typeof operations)[number]): number {
  return operations.indexOf(operation)
}

function short(value: number): number[] {
  return [value % 256, Math.floor(value / 256)]
}

function text(value: string): number[] {
  return [value.length, ...Buffer.from(value, 'ascii')]
}
