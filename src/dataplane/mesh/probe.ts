import { haproxyProblems, problemsOf } from '../haproxy/index.ts';
import { mustRun } from '../programs/index.ts';
import { interceptionScript } from './interception.ts';

/** What this host lacks for Service Connect; nothing: its tasks can have proxies. Debian's packages are haproxy, nftables. */
export async function meshProblems(): Promise<readonly string[]> {
  return [
    ...(await haproxyProblems([2, 6], 'watch servers that are added while it runs')),
    ...(await problemsOf([
      () => mustRun('nsenter', ['--version']),
      () => mustRun('ip', ['-V']),
      // Looked at only, and in no namespace but this one.
      () => mustRun('nft', ['-c', '-f', '-'], interceptionScript([{ port: 1, listenerPort: 2 }])),
    ])),
  ];
}
