/** The numbers of a dotted version: `1.14.5`, `v1.14.5`; what follows them (`-rc1`) is left out. */
export function parseVersion(text: string): readonly number[] | undefined {
  const match = /^v?(\d+(?:\.\d+)*)(?:[-+].*)?$/.exec(text);
  return match?.[1]?.split('.').map(Number);
}

/** Below, at or above 0 as `left` is older than, the same as or newer than `right`; 1.2 is 1.2.0. */
export function compareVersions(left: readonly number[], right: readonly number[]): number {
  const length = Math.max(left.length, right.length);
  for (let index = 0; index < length; index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
