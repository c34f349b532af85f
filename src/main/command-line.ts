import { arch, homedir } from 'node:os';
import { fileURLToPath } from 'node:url';

import manifest from '../../package.json' with { type: 'json' };
import {
  diskFiles,
  dockerEngine,
  networkHttp,
  processTerminal,
  socketLocks,
  systemProcesses,
} from '../cli/adapters/index.ts';
import { type CommandLineDeps, Interrupted, type Machine, type Runners, runCommandLine } from '../cli/index.ts';
import { SystemClock } from './system-clock.ts';

/** How long what is still open may keep a finished command from ending. */
const exitGraceMs = 10_000;

/** Runs the process's own command line and leaves its exit code. */
export async function runMain(): Promise<void> {
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      // Asked twice: whatever is in the way of a proper end has had its chance.
      if (stop.signal.aborted && name === 'SIGINT') process.exit(130);
      stop.abort(new Interrupted(name));
    });
  }
  process.exitCode = await runCommandLine(process.argv.slice(2), systemDeps(stop.signal));
  setTimeout(() => {
    process.stderr.write('roadstead: something kept running after the command had ended\n');
    process.exit();
  }, exitGraceMs).unref();
}

function systemDeps(signal: AbortSignal): CommandLineDeps {
  return {
    clock: new SystemClock(),
    files: diskFiles(),
    processes: systemProcesses(),
    http: networkHttp(),
    engine: dockerEngine(process.env),
    terminal: processTerminal(),
    locks: socketLocks(),
    machine: thisMachine(),
    runners,
    env: process.env,
    signal,
  };
}

function thisMachine(): Machine {
  return {
    platform: process.platform,
    architecture: arch(),
    userId: process.getuid?.() ?? -1,
    homeDirectory: homedir(),
    nodeVersion: process.version,
    nodePath: process.execPath,
    rootPath: fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, ''),
    programPath: fileURLToPath(new URL('cli.ts', import.meta.url)),
    version: manifest.version,
    utf8: /utf-?8/i.test(process.env['LC_ALL'] || process.env['LC_CTYPE'] || process.env['LANG'] || ''),
  };
}

const runners: Runners = {
  async server(config, signal) {
    const { runServer } = await import('./server.ts');
    await runServer(config, signal);
  },
  async agent(request, signal) {
    const { runAgent } = await import('./agent.ts');
    await runAgent(request, signal);
  },
  async cleanHost(request) {
    const { cleanHost } = await import('./agent.ts');
    return cleanHost(request);
  },
};
