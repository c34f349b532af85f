import { messageOf } from '#base';
import { mustRun } from './run-program.ts';

const oldest = [2, 4] as const;

/** What this host lacks for load balancers; nothing: it can carry them. Debian's packages are haproxy, nftables, conntrack. */
export async function balancingProblems(): Promise<readonly string[]> {
  const problems: string[] = [];
  const attempt = async (act: () => Promise<unknown>): Promise<void> => {
    try {
      await act();
    } catch (error) {
      problems.push(messageOf(error));
    }
  };
  await attempt(async () => {
    const [, major, minor] = /version (\d+)\.(\d+)/.exec(await mustRun('haproxy', ['-v'])) ?? [];
    const [old, older] = [Number(major), Number(minor)];
    if (old < oldest[0] || (old === oldest[0] && older < oldest[1])) {
      problems.push(`HAProxy ${major}.${minor} cannot add servers while it runs; ${oldest.join('.')} can`);
    }
  });
  await attempt(() => mustRun('nft', ['list', 'tables', 'ip']));
  await attempt(() => mustRun('conntrack', ['--version']));
  await attempt(() => mustRun('nsenter', ['--version']));
  return problems;
}
