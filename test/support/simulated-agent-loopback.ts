import type { Clock } from '#base';
import { acsHelloFrom, type Dispatcher } from '#dispatch';
import type { ContainerInstanceArn, Principal } from '#model';
import { connectionPair } from '#wire/link';
import type { AgentLink } from './simulated-agent-options.ts';

/** An upgrade that was refused, as an agent sees it. */
export class UpgradeRefused extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** Connects simulated agents to a dispatcher in the same process, as the endpoint does over a network. */
export function loopback(
  options: { readonly principal: Principal; readonly latencyMs?: () => number },
  deps: { readonly clock: Clock; readonly dispatcher: () => Dispatcher | undefined },
): (channel: 'acs' | 'tcs', query: URLSearchParams) => AgentLink {
  return (channel, query) => {
    const dispatcher = deps.dispatcher();
    if (dispatcher === undefined) throw new UpgradeRefused('ECONNREFUSED', 'The control plane is down');
    const decision = dispatcher.authorizeUpgrade(channel, query, options.principal);
    if (!decision.ok) throw new UpgradeRefused(decision.code, decision.message);
    const { latencyMs } = options;
    const pair = connectionPair(deps.clock, latencyMs === undefined ? {} : { latencyMs });
    const { accountId } = options.principal;
    if (channel === 'acs') dispatcher.acceptAcs(pair.server, acsHelloFrom(query), accountId);
    else dispatcher.acceptTcs(pair.server, query.get('containerInstance') as ContainerInstanceArn, accountId);
    return { connection: pair.client, cut: (noticedAfterMs) => pair.cut(noticedAfterMs) };
  };
}
