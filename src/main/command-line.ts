import { arch, homedir } from 'node:os';
import { fileURLToPath } from 'node:url';

import manifest from '../../package.json' with { type: 'json' };
import {
  diskFiles,
  dockerEngine,
  networkHttp,
  processConsole,
  processTerminal,
  serverNames,
  socketLocks,
  systemProcesses,
} from '../cli/adapters/index.ts';
import type { CommandLineDeps, Machine } from '../cli/ports.ts';
import { runCommandLine } from '../cli/program.ts';
import { expectEnd, stopSignal } from './lifetime.ts';
import { runners } from './runners.ts';
import { SystemClock } from './system-clock.ts';

/** Runs the process's own command line and leaves its exit code. */
export async function runMain(): Promise<void> {
  process.exitCode = await runCommandLine(process.argv.slice(2), systemDeps(stopSignal()));
  expectEnd();
}

function systemDeps(signal: AbortSignal): CommandLineDeps {
  return {
    clock: new SystemClock(),
    files: diskFiles(),
    processes: systemProcesses(),
    http: networkHttp(),
    engine: dockerEngine(process.env),
    terminal: processTerminal(),
    console: processConsole(),
    // Websockets take a while to load, and few commands need them.
    openChannel: async (url) => (await import('../cli/adapters/channel.ts')).openChannel(url),
    locks: socketLocks(),
    names: serverNames(),
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
