import { messageOf } from '#base';
import { mustRun } from '../programs/index.ts';

/** Why this host's HAProxy cannot be used, if so. Debian's package is haproxy. `able` says what an older one is not. */
export async function haproxyProblems(oldest: readonly [number, number], able: string): Promise<readonly string[]> {
  try {
    const [, major, minor] = /version (\d+)\.(\d+)/.exec(await mustRun('haproxy', ['-v'])) ?? [];
    const [old, older] = [Number(major), Number(minor)];
    const suits = old > oldest[0] || (old === oldest[0] && older >= oldest[1]);
    return suits ? [] : [`HAProxy ${major}.${minor} cannot ${able}; ${oldest.join('.')} can`];
  } catch (error) {
    return [messageOf(error)];
  }
}

/** The complaints of those that fail. */
export async function problemsOf(attempts: readonly (() => Promise<unknown>)[]): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const attempt of attempts) {
    try {
      await attempt();
    } catch (error) {
      problems.push(messageOf(error));
    }
  }
  return problems;
}
