/** Whether this is a CI job, as CI systems say it: with a variable `CI` that is neither empty nor a no. */
export function isCI(): boolean {
  return !['', '0', 'false'].includes((process.env['CI'] ?? '').toLowerCase())
}
