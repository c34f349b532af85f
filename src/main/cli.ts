import { enableCompileCache } from 'node:module';

// First of all: what is loaded below is then compiled once, not at every start. Threads read the variable.
const cache = new URL('../../node_modules/.cache/roadstead', import.meta.url).pathname;
enableCompileCache(cache);
process.env['NODE_COMPILE_CACHE'] ??= cache;

const { partFrom } = await import('../cli/serving.ts');
const part = partFrom(process.argv.slice(2));
if (part === undefined) {
  const { runMain } = await import('./command-line.ts');
  await runMain();
} else {
  const { runPartAlone } = await import('./part.ts');
  await runPartAlone(part);
}
