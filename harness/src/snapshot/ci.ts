/** What a CI job does otherwise: there, no snapshot is approved. */

/** Whether this is a CI job, as CI systems say it: with a variable `CI` that is neither empty nor a no. */
export function isCI(): boolean {
  return !['', '0', 'false'].includes((process.env['CI'] ?? '').toLowerCase())
}

/** Why `-u` does nothing where CI is set: nothing is approved where nobody looks at it. */
export const updateRefusal: string =
  'cannot update snapshots: the environment variable CI is set, and a snapshot needs a person to approve it; ' +
  'run with -u where it is not set, review what changed, and commit it'
