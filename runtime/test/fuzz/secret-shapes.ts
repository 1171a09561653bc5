/**
 * Secrets as services hand them out, made up by chance, the places in which they turn up, and texts that look a little
 * like them and are harmless. The shapes follow the rules of public secret scanners.
 */
import type { SeededRandom } from '../../src/testing/seeded-random.ts'

const digits = '0123456789'
const small = 'abcdefghijklmnopqrstuvwxyz'
const capitals = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
const hex = `${digits}abcdef`
const mixed = `${small}${capitals}${digits}`

/** Letters by chance; at least one digit, one small letter and one capital where the alphabet has them. */
function letters(random: SeededRandom, count: number, alphabet: string): string {
  for (;;) {
    const text = Array.from({ length: count }, () => alphabet[random.below(alphabet.length)]!).join('')
    const wanted = [/\d/, /[a-z]/, /[A-Z]/].filter((kind) => kind.test(alphabet))
    if (count < 8 || wanted.every((kind) => kind.test(text))) return text
  }
}

export interface SecretShape {
  readonly name: string
  readonly make: (random: SeededRandom) => string
  /** It does not show by its form, only by its name or place. */
  readonly needsName?: true
}

const shape = (name: string, make: SecretShape['make']): SecretShape => ({ name, make })

/** Secrets that show by their form, wherever they are. */
export const shapes: readonly SecretShape[] = [
  shape('AWS access key', (r) => `AKIA${letters(r, 16, `${capitals}234567`)}`),
  shape('AWS secret key', (r) => `${letters(r, 13, mixed)}/${letters(r, 12, mixed)}+${letters(r, 13, mixed)}`),
  shape('GitHub token', (r) => `ghp_${letters(r, 36, mixed)}`),
  shape('GitHub fine-grained token', (r) => `github_pat_${letters(r, 22, mixed)}_${letters(r, 59, mixed)}`),
  shape('GitLab token', (r) => `glpat-${letters(r, 20, `${mixed}_-`)}`),
  shape('Slack bot token', (r) => `xoxb-${letters(r, 12, digits)}-${letters(r, 12, digits)}-${letters(r, 24, mixed)}`),
  shape('Slack app token', (r) => `xapp-1-A${letters(r, 10, mixed)}-${letters(r, 13, digits)}-${letters(r, 64, hex)}`),
  shape('Stripe key', (r) => `sk_live_${letters(r, 24, mixed)}`),
  shape('Stripe webhook secret', (r) => `whsec_${letters(r, 32, mixed)}`),
  shape('Google key', (r) => `AIza${letters(r, 35, `${mixed}_-`)}`),
  shape('Google OAuth secret', (r) => `GOCSPX-${letters(r, 28, `${mixed}_-`)}`),
  shape('Twilio key', (r) => `SK${letters(r, 32, hex)}`),
  shape('SendGrid key', (r) => `SG.${letters(r, 22, `${mixed}_-`)}.${letters(r, 43, `${mixed}_-`)}`),
  shape('npm token', (r) => `npm_${letters(r, 36, mixed)}`),
  shape('PyPI token', (r) => `pypi-AgEIcHlwaS5vcmc${letters(r, 60, `${mixed}_-`)}`),
  shape('OpenAI key', (r) => `sk-proj-${letters(r, 48, `${mixed}_-`)}`),
  shape('Shopify token', (r) => `shpat_${letters(r, 32, hex)}`),
  shape('DigitalOcean token', (r) => `dop_v1_${letters(r, 64, hex)}`),
  shape('Azure storage key', (r) => `${letters(r, 30, mixed)}+${letters(r, 30, mixed)}/${letters(r, 24, mixed)}==`),
  shape('hex of 32', (r) => `${letters(r, 31, hex)}7a`.slice(-32)),
  shape('JSON web token', (r) => {
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
    return `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ sub: letters(r, 9, small) })}.${letters(r, 43, `${mixed}_-`)}`
  }),
]

/** Secrets that people choose: they show by their name alone. */
export const passwords: readonly SecretShape[] = [
  { name: 'short password', make: (r) => `${letters(r, 7, small)}${r.below(100)}`, needsName: true },
  { name: 'password with marks', make: (r) => `${letters(r, 5, small)}!${letters(r, 5, capitals)}*$`, needsName: true },
]

/** A passphrase, which not every place can hold. */
export function passphrase(random: SeededRandom): string {
  return Array.from({ length: 4 }, () => letters(random, 6, small)).join(' ')
}

export interface Wrapping {
  readonly name: string
  readonly wrap: (secret: string) => string
  /** Names the secret, so that any secret is found in it. */
  readonly isNamed: boolean
  /** Can hold blanks as they are. */
  readonly takesBlanks?: true
}

const wrapping = (name: string, isNamed: boolean, wrap: Wrapping['wrap'], takesBlanks?: true): Wrapping => ({
  name,
  isNamed,
  wrap,
  ...(takesBlanks && { takesBlanks }),
})
const json = JSON.stringify

export const wrappings: readonly Wrapping[] = [
  wrapping(
    'query',
    true,
    (s) => `GET https://api.example.com/v1?zip=10115&access_token=${encodeURIComponent(s)}&unit=C`,
  ),
  wrapping('query of a harmless name', false, (s) => `https://api.example.com/v1?id=${encodeURIComponent(s)}`),
  wrapping('fragment', true, (s) => `https://app.example.com/cb#state=1&access_token=${encodeURIComponent(s)}`),
  wrapping('form', true, (s) => `user=me&password=${encodeURIComponent(s)}&unit=C`),
  wrapping('form in a form', true, (s) => `next=${encodeURIComponent(`/cb?token=${encodeURIComponent(s)}&zip=1`)}`),
  wrapping('JSON', true, (s) => json({ sensor: 'a', password: s, unit: 'C' }), true),
  wrapping('JSON of a harmless name', false, (s) => json({ sensor: 'a', value: s })),
  wrapping('list in JSON', true, (s) => json({ tokens: [s, s], unit: 'C' }), true),
  wrapping('pair in JSON', true, (s) => json({ headers: [{ name: 'X-Api-Key', value: s }] }), true),
  wrapping('JSON in JSON', true, (s) => json({ body: json({ client_secret: s, unit: 'C' }) }), true),
  wrapping('JSON in JSON in JSON', true, (s) => json({ a: json({ b: json({ refresh_token: s, unit: 'C' }) }) }), true),
  wrapping('JSON in a sentence', true, (s) => `cannot send ${json({ sensor: 'a', api_key: s })}: timed out`, true),
  wrapping('escaped JSON in a sentence', true, (s) => `sent ${json(json({ a: 1, tokens: [s] }))} to the hook`, true),
  wrapping('YAML', true, (s) => `db:\n  host: a\n  password: ${s}\n  port: 5432\n`, true),
  wrapping('quoted YAML', true, (s) => `host: a\ntoken: '${s}'\nport: 1\n`, true),
  wrapping('XML', true, (s) => `<cfg><host>a</host><password>${s}</password></cfg>`, true),
  wrapping('XML with a namespace', true, (s) => `<s:Envelope><s:token type="x">${s}</s:token></s:Envelope>`, true),
  wrapping('XML attribute', true, (s) => `<add key="DbPassword" value="${s}"/><add key="unit" value="C"/>`, true),
  wrapping('header', true, (s) => `POST /v1 HTTP/1.1\r\nHost: a\r\nX-Api-Key: ${s}\r\nAccept: */*\r\n`),
  wrapping('authorization', true, (s) => `Host: a\r\nAuthorization: Bearer ${s}\r\nAccept: */*\r\n`),
  wrapping('cookie', true, (s) => `Set-Cookie: sid=${s}; Path=/; HttpOnly\r\nAccept: */*`),
  wrapping('connection string', true, (s) => `Server=db;Database=a;User Id=me;Password=${s};Encrypt=true`),
  wrapping(
    'user of a URL',
    true,
    (s) => `cannot reach postgres://me:${encodeURIComponent(s)}@db.example.com/a: refused`,
  ),
  wrapping('log sentence', true, (s) => `2026-01-01T09:00:00Z warn login failed, password: ${s}, sensor=1`, true),
  wrapping('quoted log sentence', true, (s) => `the password "${s}" was refused by sensor 1`, true),
  wrapping('call', true, (s) => `called password(${s}) for sensor 1`, true),
  wrapping('command line', true, (s) => `ran mqtt --host a --password ${s} --port 1883`),
  wrapping('sentence of a harmless name', false, (s) => `the server said ${s} and closed`),
]

/** Addresses of webhooks, whose secret is in the path. */
export const webhooks: readonly SecretShape[] = [
  shape('Slack', (r) => `https://hooks.slack.com/services/T0AB12CD3/B0AB12CD3/${letters(r, 24, mixed)}`),
  shape('Discord', (r) => `https://discord.com/api/webhooks/${letters(r, 18, digits)}/${letters(r, 68, `${mixed}_-`)}`),
  shape('Teams', (r) => `https://a.webhook.office.com/webhookb2/a@b/IncomingWebhook/${letters(r, 32, hex)}/c`),
  shape(
    'Telegram',
    (r) => `https://api.telegram.org/bot${letters(r, 10, digits)}:AA${letters(r, 33, mixed)}/sendMessage`,
  ),
  shape('Zapier', (r) => `https://hooks.zapier.com/hooks/catch/1234567/${letters(r, 8, `${small}${digits}`)}/`),
  shape('Mattermost', (r) => `https://chat.example.com/hooks/${letters(r, 26, `${small}${digits}`)}`),
  shape('PagerDuty', (r) => `https://events.pagerduty.com/integration/${letters(r, 32, hex)}/enqueue`),
]

/** Of a webhook, what is secret: its longest segment, or the last one that is no word. */
export function secretOf(webhook: string): string {
  const segments = new URL(webhook).pathname.split('/').filter((segment) => /\d/.test(segment))
  return segments.at(-1) ?? ''
}

export function privateKey(random: SeededRandom): string {
  const lines = Array.from({ length: 4 }, () => letters(random, 64, `${mixed}+/`))
  return `-----BEGIN RSA PRIVATE KEY-----\n${lines.join('\n')}\n-----END RSA PRIVATE KEY-----`
}

/** Texts that must stay as they are. */
export const harmless: readonly string[] = [
  'temp 21.5 at sensor=1',
  '{"sensor":"a","value":21.5,"at":1767258000123449,"ok":true,"unit":null}',
  '1767225600000000000ns 9007199254740993 3.141592653589793238462643 -1.5e-300',
  '2026-01-01T09:00:00Z 2026-01-01T09:00:00.123456+01:00 20260101T090000Z',
  'device 3e0bf19e-0b1a-4c5d-9f7e-1b2c3d4e5f60 is online',
  '{"device":"3E0BF19E-0B1A-4C5D-9F7E-1B2C3D4E5F60","firmware":"v1.2.3-rc.4+build.5"}',
  'Sensor-3e0bf19e-0b1a-4c5d-9f7e-1b2c3d4e5f60',
  '00:1a:2b:3c:4d:5e 0013a20041a7f1c9 10.0.0.1 fe80::1ff:fe23:4567:890a',
  'machine_temperature_system_failure_2014 AVG:temp:[sensor=1,floor=3]:[1h]',
  'building7floor3room12temperature temperature-of-room-12-in-building-7 Building-7_Floor-3_Room-12_Temperature',
  'GatewayNorthWing42TemperatureCelsius pump_station_12_pressure_kPa_avg_5min ThermostatLivingRoom2ndFloorNorth',
  'color: #a1b2c3; background: #00ff7f80',
  'forgot your password? the password must have 12 characters, and a token of appreciation',
  'the password was changed on 2026-01-01 and the session ended; no secret was lost',
  'bearer of bad tidings, basic configuration, digest of the week',
  '{"tokenCount":512,"max_tokens":1024,"total_tokens":77,"tokens":12,"passed":true,"author":"me"}',
  'password: null, token=none, "secret": false',
  'https://api.example.com/v1/sensors/12/temperature?zip=10115&unit=C#top',
  '/srv/data/buildings/12/rooms/7/sensors/3/temperature/2026/01/01.csv',
  'secretary: Jane, signal=5, keyboard: qwerty, tokenizer: none, primary key: 5',
  '<b>50% (max)</b> & <i>more</i>',
  '-----BEGIN CERTIFICATE-----',
]
