/** The JavaScript door of the SDK: what `as-pect.config.js` and other test runners need. */
export { aspectConfig } from './as-pect.js'
export { FeedDrained, MockHost } from './mock-host.js'
