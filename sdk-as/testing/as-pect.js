/** The as-pect side of `assembly/testing.ts`: an `as-pect.config.js` that runs every spec against a fresh `MockHost`. */
import { MockHost } from './mock-host.js'

/**
 * A complete configuration; `overrides` replaces members of it. `overrides.imports` is not as-pect's: it makes further
 * imports for the specs, from the host of the spec file.
 */
export function aspectConfig({ imports = () => ({}), ...overrides } = {}) {
  return {
    entries: ['assembly/__tests__/**/*.spec.ts'],
    include: ['assembly/__tests__/**/*.include.ts'],
    disclude: [/node_modules/],
    outputBinary: false,
    async instantiate(memory, createImports, instantiate, binary) {
      const host = new MockHost()
      const module = await instantiate(
        binary,
        createImports(host.imports, { env: { memory }, mock: mockImports(host) }, imports(host)),
      )
      host.attach(module.exports)
      return module
    },
    ...overrides,
  }
}

/** The imports behind `assembly/testing.ts`: texts come and go in Regions, as in the ABI proper. */
function mockImports(host) {
  return {
    deliver: (query, event) => host.deliver(host.readText(query), event === 0 ? null : host.readText(event)),
    answer_history: (query, value) => host.answerHistory(host.readText(query), value),
    answer_http: (status, body) => host.answerHttp(status, host.readText(body)),
    refuse: (reason) => host.refuse(host.readText(reason)),
    set_variable: (name, value) => {
      host.environment[host.readText(name)] = host.readText(value)
    },
    set_state: (key, value) => {
      host.state.set(host.readText(key), Buffer.from(host.readText(value)))
    },
    state: (key) => {
      const value = host.state.get(host.readText(key))
      return value === undefined ? 0 : host.giveText(value)
    },
    set_now: (timestamp) => {
      host.now = timestamp
    },
    take_effects: () => host.giveText(host.effects.splice(0).map(formatEffect).join('\n')),
    open_handles: () => host.openHandles,
    reset: () => host.reset(),
  }
}

/** One effect as a line that is easy to write into a spec. */
function formatEffect(effect) {
  switch (effect.kind) {
    case 'http':
      return `http ${effect.method} ${effect.url} ${effect.body}`.trimEnd()
    case 'ws':
      return `ws ${effect.producer} ${effect.text}`
    case 'event':
      return `event ${effect.series}{${effect.tags.join(',')}} ${effect.value} @${effect.timestamp}`
    default:
      return `${effect.stream} ${effect.text}`
  }
}
