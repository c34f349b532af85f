/** Values by name. */
export type Variables = Readonly<Record<string, string>>;

/**
 * The variables of an environment file, a line each: everything after the first `=` is the value as it stands, quotes
 * and spaces too. Lines that begin with `#`, have no `=`, or no name before it, say nothing. Of a name that comes twice
 * the last counts. Source: EnvironmentFile in the API reference; ECS's agent.
 */
export function parseEnvFile(text: string): Variables {
  const variables = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const mark = line.indexOf('=');
    if (line.startsWith('#') || mark < 1) continue;
    variables.set(line.slice(0, mark), line.slice(mark + 1));
  }
  return Object.fromEntries(variables);
}

/** The variables of several files: of a name in more than one, the first file's. */
export function mergeEnvFiles(files: readonly Variables[]): Variables {
  return Object.fromEntries(files.toReversed().flatMap((file) => Object.entries(file)));
}
