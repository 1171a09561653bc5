/** Whether this is a CI job: CI systems set the variable `CI` to something that is neither empty nor a no. */
export function isCI(): boolean {
  return !['', '0', 'false'].includes((process.env['CI'] ?? '').toLowerCase())
}
