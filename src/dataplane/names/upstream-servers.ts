/** Where the host asks for names, as far as it matters here. */
export interface ServerFiles {
  /** `undefined` when there is no such file. */
  read(path: string): Promise<string | undefined>;
}

const resolvConf = '/etc/resolv.conf';
/** What systemd-resolved itself asks, and what NetworkManager does. */
const behindStub = ['/run/systemd/resolve/resolv.conf', '/run/NetworkManager/no-stub-resolv.conf'];
const stub = /^127\./;

/**
 * The servers that the host asks, in order. A stub on the host itself (127.0.0.53) is passed over where it is known whom
 * it asks: it may ask us. `own` are addresses of our own, which are never asked.
 */
export async function hostServers(files: ServerFiles, own: ReadonlySet<string>): Promise<readonly string[]> {
  const named = serversIn(await files.read(resolvConf)).filter((server) => !own.has(server));
  if (named.length > 0 && !named.every((server) => stub.test(server))) {
    return named.filter((server) => !stub.test(server));
  }
  for (const path of behindStub) {
    const servers = serversIn(await files.read(path)).filter((server) => !own.has(server) && !stub.test(server));
    if (servers.length > 0) return servers;
  }
  return named;
}

function serversIn(text = ''): string[] {
  return [...text.matchAll(/^[ \t]*nameserver[ \t]+([0-9a-f.:]+)(?:%\S+)?[ \t]*$/gim)].map(([, server = '']) => server);
}
