/** What a CI job does otherwise: there, no snapshot is approved. */

/** Whether this is a CI job, as CI systems say it: with a variable `CI` that is neither empty nor a no. */
export function isCI(): boolean {
  return !['', '0', 'false'].includes((process.env['CI'] ?? '').toLowerCase())
}

/** Why `-u` does nothing where CI is set: nothing is approved where nobody looks at it. */
export const updateRefusal: string =
  'cannot update snapshots: the environment variable CI is set, and where nobody looks nothing can be approved; ' +
  'run with -u where it is not set, look at what changed, and commit it'
