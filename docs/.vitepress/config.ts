/** The pages of this folder as a site. They are Markdown first: nothing in them needs the site. */
import { posix } from 'node:path'
import { defineConfig, type MarkdownRenderer } from 'vitepress'

type MarkdownState = Parameters<Parameters<MarkdownRenderer['core']['ruler']['push']>[1]>[0]

/** The code is not on the site, so links to it in the repository become plain text. */
function withoutLinksToCode({ tokens, env }: MarkdownState): void {
  const { relativePath } = env as { relativePath: string }
  for (const token of tokens) {
    let isToCode = false
    token.children = (token.children ?? []).filter((child) => {
      if (child.type === 'link_open') {
        isToCode = posix.join(posix.dirname(relativePath), child.attrGet('href') ?? '').startsWith('..')
      }
      return !isToCode || !child.type.startsWith('link_')
    })
  }
}

export default defineConfig({
  title: 'Slung workflows',
  description: 'Write, test and stage workflows that run as WebAssembly over live time series',
  srcExclude: ['node_modules/**', 'test/**'],
  lastUpdated: false,
  markdown: {
    languageAlias: { 'rust,no_run': 'rust' },
    config: (markdown) => markdown.core.ruler.push('links-to-code', withoutLinksToCode),
  },
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    sidebar: [
      {
        text: 'Introduction',
        items: [
          { text: 'Overview', link: '/' },
          { text: 'Getting started with AssemblyScript', link: '/getting-started-assemblyscript' },
          { text: 'Getting started with Rust', link: '/getting-started-rust' },
        ],
      },
      {
        text: 'Workflows',
        items: [
          { text: 'Live queries', link: '/live-queries' },
          { text: 'Historical queries', link: '/historical-queries' },
          { text: 'Writeback', link: '/writeback' },
          { text: 'Writing events', link: '/writing-events' },
          { text: 'The SDK for AssemblyScript', link: '/assemblyscript' },
          { text: 'The SDK for Rust', link: '/rust' },
        ],
      },
      {
        text: 'Testing and staging',
        items: [
          { text: 'Testing', link: '/testing' },
          { text: 'Specs and fixtures', link: '/testing-specs' },
          { text: 'Tests in TypeScript', link: '/testing-typescript' },
          { text: 'The slung-test command', link: '/testing-cli' },
          { text: 'Staging', link: '/staging' },
          { text: 'Recording', link: '/recording' },
          { text: 'Backtesting', link: '/backtest' },
          { text: 'Sending samples', link: '/ingest' },
          { text: 'Configuration', link: '/configuration' },
          { text: 'Run it as a service', link: '/service' },
          { text: 'Security', link: '/security' },
          { text: 'Reliability', link: '/reliability' },
        ],
      },
      {
        text: 'Reference',
        items: [
          { text: 'Query language', link: '/query-language' },
          { text: 'ABI', link: '/abi' },
          { text: 'Compatibility', link: '/compatibility' },
          { text: 'Error codes', link: '/errors' },
          { text: 'Performance', link: '/performance' },
          { text: 'Architecture', link: '/architecture' },
          { text: 'Rationale', link: '/RATIONALE' },
          { text: 'Glossary', link: '/glossary' },
        ],
      },
      {
        text: 'Formats',
        collapsed: true,
        items: [
          { text: 'Event frames', link: '/formats/event-frame' },
          { text: 'The data directory', link: '/formats/store' },
          { text: 'Sealed chunks', link: '/formats/chunk' },
          { text: 'The journal', link: '/formats/journal' },
        ],
      },
    ],
  },
})
