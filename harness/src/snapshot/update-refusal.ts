/** Why `-u` does nothing where CI is set: nothing is approved where nobody looks at it. */
export const updateRefusal: string =
  'cannot update snapshots: the environment variable CI is set, and where nobody looks nothing can be approved; ' +
  'run with -u where it is not set, look at what changed, and commit it'
