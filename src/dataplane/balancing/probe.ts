import { haproxyProblems, problemsOf } from '../haproxy/index.ts';
import { mustRun } from '../programs/index.ts';

/** What this host lacks for load balancers; nothing: it can carry them. Debian's packages are haproxy, nftables, conntrack. */
export async function balancingProblems(): Promise<readonly string[]> {
  return [
    ...(await haproxyProblems([2, 4], 'add servers while it runs')),
    ...(await problemsOf([
      () => mustRun('nft', ['list', 'tables', 'ip']),
      () => mustRun('conntrack', ['--version']),
      () => mustRun('nsenter', ['--version']),
    ])),
  ];
}
