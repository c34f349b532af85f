import type { Runners } from '../cli/ports.ts';

/** The long-running parts, loaded only when asked for. */
export const runners: Runners = {
  async server(config, signal) {
    const { runServer } = await import('./server.ts');
    await runServer(config, signal);
  },
  async agent(request, signal) {
    const { runAgent } = await import('./agent.ts');
    await runAgent(request, signal);
  },
  async cleanHost(request) {
    const { cleanHost } = await import('./agent.ts');
    return cleanHost(request);
  },
  async hostStorage(dataDir) {
    const { hostStorage } = await import('./host-storage.ts');
    return hostStorage(dataDir);
  },
};
