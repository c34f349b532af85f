import { readdirSync, readFileSync } from 'node:fs';

/** Test files by their path under test/e2e. */
export type TestFiles = ReadonlyMap<string, string>;

const folder = 'test/e2e';

export function readTestFiles(): TestFiles {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'));
  return new Map(paths.sort().map((path) => [path, readFileSync(`${folder}/${path}`, 'utf8')]));
}

/**
 * The files that have one of AWS's clients call the operation: by its name, by its command of the CLI or by its command
 * of the SDK. Calls by the project's own client (`installation.call`) prove nothing about those.
 */
export function driversOf(operation: string, files: TestFiles): string[] {
  const command = operation.replace(/(?<=.)([A-Z])/g, '-$1').toLowerCase();
  const called = new RegExp(
    `(?<!installation\\.call\\(\\s*)'${operation}'|^\\s+${operation}: |'ecs',\\s*'${command}'|new (\\w+\\.)?${operation}Command\\(`,
    'm',
  );
  return [...files].filter(([, text]) => called.test(text)).map(([path]) => path);
}

interface Expected {
  readonly operations: Readonly<Record<string, { readonly ends: string; readonly because: string }>>;
}

/** The section of docs/compat/ecs.md on which test drives what. */
export function driverLines(operations: readonly string[]): string[] {
  const files = readTestFiles();
  const expected = (JSON.parse(readFileSync('docs/compat/expectations.json', 'utf8')) as Expected).operations;
  const rows = operations.map((operation) => {
    const drivers = driversOf(operation, files).map((path) => path.replace(/\.ts$/, ''));
    const gap = expected[operation];
    const ends = gap === undefined ? '' : `${gap.ends}: ${gap.because}`;
    return `| ${operation} | ${drivers.length === 0 ? '**nothing**' : drivers.join(', ')} | ${ends} |`;
  });
  return [
    'Files of test/e2e that call the operation with the aws CLI, the SDK for JavaScript or boto3. `every-operation.test` runs',
    'all of `operations/` and fails for an operation that the server did not count; the last column is what',
    'docs/compat/expectations.json expects a right request to end with, and a test fails when that is no longer so.',
    '',
    '| operation | driven by | expected to end with |',
    '| --- | --- | --- |',
    ...rows,
  ];
}
