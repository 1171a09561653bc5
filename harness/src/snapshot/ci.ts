/** What is different in a CI job: no snapshot is approved there. */

/** Whether this is a CI job: CI systems set the variable `CI` to something that is neither empty nor a no. */
export function isCI(): boolean {
  return !['', '0', 'false'].includes((process.env['CI'] ?? '').toLowerCase())
}

/** Why `-u` does nothing where CI is set. */
export const updateRefusal: string =
  'cannot update snapshots: the environment variable CI is set, and a snapshot needs a person to approve it; ' +
  'run with -u where it is not set, review what changed, and commit it'
