/**
 * `npm run fuzz -- toml`: whatever happens to a slung.toml in an editor or a template, reading it ends in settings or in
 * a `ConfigError`, and no message shows a secret or a piece of one.
 */
import { ConfigError } from '../../src/staging/config/config-error.ts'
import { parseConfigFile } from '../../src/staging/config/read-config-file.ts'
import { SeededRandom } from '../../src/testing/seeded-random.ts'
import { searchUntil } from './search-until.ts'

/** Each is made of a piece that stands nowhere else. */
const secrets = ['Xq7ZkW9vTfJ3', 'mB5hY2rLd8Gs', 'Pw4nC6uEa1Ko', 'Rt0iVx9Sz7Mj', 'Dk3fHq8Nb5Wy', 'Gu6oTe1Jc4Lp']
/** This many characters of a secret are a secret. */
const pieceUnits = 6

const document = `host = "127.0.0.1"   # this machine
port = 2077
data = "data"
token = "${secrets[0]}"
origins = ["https://ops.example.com"]

[log]
level = "info"
format = 'text'

[http]
allow = ["hooks.example.com", "https://api.example.com/v1/"]
timeout = "10s"
response_bytes = "1MiB"

[limits]
frame_bytes = 65_536
series = 100_000

[[workflow]]
file = "build/alert.wasm"
env = { THRESHOLD = "100", KEY = "${secrets[1]}" }
env_from = ["API_KEY"]
tick = "1s"

[[workflow]]
name = "mean"
file = "build/mean.wasm"
env.PASSWORD = '${secrets[2]}'
env.TEXT = """
several lines
${secrets[3]}
"""

[workflow.env]
ROOM = "cold store"
OTHER = "${secrets[4]}"
# was ${secrets[5]}
`

/** @returns what is wrong with how the text is read; `null` = nothing */
export function problemOf(toml: string): string | null {
  try {
    parseConfigFile(toml, 'slung.toml')
    return null
  } catch (error) {
    if (!(error instanceof ConfigError)) return `it throws ${String(error)}`
    const shown = secrets.find((secret) => pieces(secret).some((piece) => error.message.includes(piece)))
    return shown === undefined ? null : `it shows ${shown}:\n${error.message}`
  }
}

/** The document after some slips. */
export function mutate(random: SeededRandom): string {
  let text = document
  for (let slips = 1 + random.below(3); slips > 0; slips--) text = slip(text, random)
  return text
}

/** @returns the number of broken promises */
export function fuzz(args: readonly string[]): Promise<number> {
  return searchUntil('toml', args, (random) => {
    const toml = mutate(random)
    const problem = problemOf(toml)
    return Promise.resolve(problem === null ? null : `${problem}\n--- of\n${toml}`)
  })
}

function pieces(secret: string): string[] {
  return Array.from({ length: secret.length - pieceUnits + 1 }, (_, start) => secret.slice(start, start + pieceUnits))
}

function slip(text: string, random: SeededRandom): string {
  const [from, to] = [random.below(text.length + 1), random.below(text.length + 1)].sort((one, other) => one - other)
  const lines = text.split('\n')
  const line = random.below(lines.length)
  switch (random.below(7)) {
    case 0:
      return text.slice(0, from) + text.slice(Math.min(to!, from! + 40))
    case 1:
      return text.slice(0, from)
    case 2:
      // The beginning of one version, the end of another.
      return text.slice(0, to) + text.slice(from)
    case 3: {
      const marks = [
        '"',
        "'",
        '"""',
        '\n',
        '=',
        ' = ',
        '[',
        ']',
        '{',
        '}',
        ',',
        '.',
        '#',
        '\\',
        '\u001b',
        '\0',
        '[[a]]\n',
      ]
      return text.slice(0, from) + marks[random.below(marks.length)] + text.slice(from)
    }
    case 4:
      lines.splice(random.below(lines.length), 0, ...lines.splice(line, 1))
      return lines.join('\n')
    case 5:
      lines.splice(line, 1)
      return lines.join('\n')
    default:
      lines.splice(line, 2, (lines[line] ?? '') + (lines[line + 1] ?? ''))
      return lines.join('\n')
  }
}
