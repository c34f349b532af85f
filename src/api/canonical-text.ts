/** A text that is equal for equal requests, whatever the order of their members; `without` names members left out. */
export function canonicalText(input: object, without: ReadonlySet<string>): string {
  return JSON.stringify(input, (key, value: unknown) => {
    if (without.has(key)) return undefined;
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
