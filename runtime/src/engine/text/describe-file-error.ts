/** Why a file cannot be read, as the end of a sentence that names the file. */

/** @example describeFileError(error) // "there is no such file" */
export function describeFileError(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const code = 'code' in error ? error.code : undefined
  return code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'it is a directory' : error.message
}
