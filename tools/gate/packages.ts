import { readFileSync } from 'node:fs';
import type { GateResult } from './sources.ts';

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
}

interface Lockfile {
  readonly packages: Readonly<
    Record<
      string,
      {
        readonly license?: string;
        readonly dev?: boolean;
        readonly hasInstallScript?: boolean;
        readonly resolved?: string;
      }
    >
  >;
}

const permissive =
  /^(MIT|Apache-2\.0|ISC|0BSD|BSD-[23]-Clause|BlueOak-1\.0\.0|Unlicense|CC0-1\.0|\(.*(MIT|Apache-2\.0|ISC).*\)|MIT OR Apache-2\.0)$/;

/** Every direct dependency has its line of reason; the lockfile holds no address, no install script, no odd licence. */
export function checkPackages(): GateResult {
  const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;
  const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as Lockfile;
  const reasons = readFileSync('docs/dependencies.md', 'utf8');
  const direct = Object.entries({
    ...manifest.dependencies,
    ...manifest.devDependencies,
    ...manifest.optionalDependencies,
  });
  const problems = direct.flatMap(([name, version]) => [
    ...(reasons.includes(`\`${name}\``) ? [] : [`${name}: docs/dependencies.md has no line of reason for it`]),
    ...(/^\d/.test(version) ? [] : [`${name}: pin an exact version, not ${version}`]),
  ]);
  const locked = Object.entries(lock.packages).filter(([path]) => path !== '');
  for (const [path, entry] of locked) {
    if (entry.hasInstallScript === true) problems.push(`${path}: runs an install script`);
    if (entry.resolved !== undefined) problems.push(`${path}: the lockfile names a registry address`);
    if (entry.dev !== true && entry.license !== undefined && !permissive.test(entry.license))
      problems.push(`${path}: licence ${entry.license}`);
  }
  return { seen: locked.length, atLeast: 50, problems };
}
