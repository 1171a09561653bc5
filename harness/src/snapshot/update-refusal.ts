/** Why `-u` does nothing where CI is set. */
export const updateRefusal: string =
  'cannot update snapshots: the environment variable CI is set, and a snapshot needs a person to approve it; ' +
  'run with -u where it is not set, review what changed, and commit it'
