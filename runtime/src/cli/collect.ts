/** For commander: a flag that may be repeated collects its values. */
export function collect(value: string, values: readonly string[]): string[] {
  return [...values, value]
}
