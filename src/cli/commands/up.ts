import { readCredentials } from '../installation.ts';
import { type CommandBody, done, type Invocation, programName } from '../invocation.ts';
import type { Report } from '../output/report.ts';
import { type ListenOptions, serveInForeground, serverConfig } from '../serving.ts';
import { ensureStarted, type Started } from '../starting.ts';

export interface UpOptions extends ListenOptions {
  readonly foreground?: boolean;
  /** False with `--no-node`. */
  readonly node: boolean;
}

/** `roadstead up`: idempotent; returns when the server answers and this machine can run tasks. */
export const up: CommandBody<UpOptions> = async (invocation, _args, options) => {
  if (options.foreground === true) {
    await serveInForeground(await serverConfig(invocation, options, options.node), invocation.deps);
    return done;
  }
  const started = await ensureStarted(invocation, options);
  return { report: await upReport(invocation, started) };
};

async function upReport({ deps, common }: Invocation, started: Started): Promise<Report> {
  const credentials = await readCredentials(deps.files, common.paths);
  const accountId = credentials?.accounts.default.accountId ?? '';
  const { alreadyRunning, url, region, version, pid, host, engine } = started;
  return {
    data: {
      endpoint: url,
      region,
      accountId,
      version,
      pid,
      alreadyRunning,
      dataDir: common.paths.dataDir,
      host,
      engine,
    },
    lines: (style) => [
      style.good(alreadyRunning ? 'Roadstead is already running.' : 'Roadstead is up.'),
      `  endpoint  ${style.strong(url)}   account ${accountId}, region ${region}`,
      `  data      ${common.paths.dataDir}`,
      'Next:',
      `  eval "$(${programName(common)} env)" && aws ecs list-clusters`,
      `  ${programName(common)} status`,
    ],
    names: [url],
  };
}
