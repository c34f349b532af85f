import { mustRun } from '../programs/index.ts';
import type { ProxyRoutes } from './mesh.ts';

/**
 * Whatever is sent to the block goes to the proxy, who has all of its addresses. Containers and proxy are neighbours on
 * the engine's bridge, so that answers come straight back. Routes go with their namespaces. Throws Fault `Program`.
 */
export async function setRoutes({ block, proxy, callers }: ProxyRoutes): Promise<void> {
  // A process without rights can listen at addresses that are local, and only then.
  await routeIn(proxy.pid, ['local', block, 'dev', 'lo']);
  await Promise.all(callers.map((pid) => routeIn(pid, [block, 'via', proxy.address])));
}

async function routeIn(pid: number, route: readonly string[]): Promise<void> {
  await mustRun('nsenter', [`--net=/proc/${pid}/ns/net`, 'ip', 'route', 'replace', ...route]);
}
