import type { Check } from '../doctor/check.ts';
import { decideChecks } from '../doctor/checks.ts';
import { readMachineFacts } from '../doctor/facts.ts';
import { exitCodes } from '../exit-codes.ts';
import { readServerState } from '../installation.ts';
import type { CommandBody, Invocation } from '../invocation.ts';
import type { Style } from '../output/style.ts';
import { defaultPort } from '../serving.ts';

export interface DoctorOptions {
  readonly port?: number;
}

/** `roadstead doctor`: exit code 1 when something would keep tasks from running. */
export const doctor: CommandBody<DoctorOptions> = async (invocation, _args, options) => {
  const facts = await readMachineFacts(invocation, options.port ?? (await installedPort(invocation)));
  const checks = decideChecks(facts);
  const healthy = checks.every(({ state }) => state !== 'failed');
  return {
    exitCode: healthy ? exitCodes.ok : exitCodes.failed,
    report: {
      data: { healthy, checks },
      items: checks,
      lines: (style) => checks.flatMap((check) => checkLines(check, style)),
      names: checks.filter(({ state }) => state !== 'ok').map(({ name }) => name),
    },
  };
};

async function installedPort({ deps, common }: Invocation): Promise<number> {
  const state = await readServerState(deps.files, common.paths);
  const port = state === undefined ? Number.NaN : Number(new URL(state.url).port);
  return port > 0 ? port : defaultPort;
}

function checkLines({ name, state, detail, fix }: Check, style: Style): string[] {
  const mark = { ok: style.mark.done, warning: style.mark.warning, failed: style.mark.failed }[state];
  const line = `${mark} ${name.padEnd(14)} ${detail}`;
  return fix === undefined ? [line] : [line, `  ${' '.repeat(14)} fix: ${fix}`];
}
