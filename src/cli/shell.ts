export type Shell = 'bash' | 'zsh' | 'sh' | 'fish';

/** Lines that set variables in a shell's own syntax; safe to `eval` whatever the values hold. */
export function exportLines(shell: Shell, variables: Readonly<Record<string, string>>): string[] {
  return Object.entries(variables).map(([name, value]) =>
    shell === 'fish' ? `set -gx ${name} ${fishQuoted(value)};` : `export ${name}=${posixQuoted(value)};`,
  );
}

/** Lines that take them away. */
export function unsetLines(shell: Shell, names: readonly string[]): string[] {
  return shell === 'fish' ? names.map((name) => `set -e ${name};`) : [`unset ${names.join(' ')};`];
}

/** A word that a POSIX shell takes as it is. */
export function posixQuoted(value: string): string {
  return `'${value.replaceAll("'", String.raw`'\''`)}'`;
}

/** In fish's single quotes a backslash escapes itself and the quote. */
function fishQuoted(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
