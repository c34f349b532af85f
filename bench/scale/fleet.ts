import { SeededRandom } from '#base';
import { SystemClock } from '../../src/main/system-clock.ts';
import { SimulatedAgent } from '../../test/support/simulated-agent.ts';
import type { FleetCommand, FleetOptions } from './fleet-process.ts';
import { inLanes, signedClient } from './signed-client.ts';
import { socketLink } from './socket-link.ts';

/**
 * A process with thousands of simulated agents, each on a control and a telemetry websocket of its own; their API calls
 * share a pool of connections. Driven by its parent over the process channel.
 */
const options = JSON.parse(process.argv[2] ?? '{}') as FleetOptions;
/** Agents that connect at a time. */
const joining = 64;
const zones = ['us-east-1a', 'us-east-1b', 'us-east-1c'];

const call = signedClient(options.target, 128);
const random = new SeededRandom(options.seed);
const clock = new SystemClock();
const agents = Array.from(
  { length: options.agents },
  (_, index) =>
    new SimulatedAgent(
      {
        cluster: options.cluster,
        cpuUnits: options.cpuUnits,
        memoryMiB: options.memoryMiB,
        availabilityZone: zones[index % zones.length] ?? '',
        behaviour: { pullMs: [1, 10], startMs: [1, 10], stopMs: [1, 10], reportMs: [0, 1] },
      },
      {
        clock,
        random,
        call,
        connect: (channel, query) => socketLink(options.target, channel, query),
      },
    ),
);

/** Each gives the number of tasks it concerned. */
const commands: Record<FleetCommand['type'], (command: FleetCommand) => Promise<number> | number> = {
  join: async () => {
    await inLanes(agents.length, joining, async (index) => {
      agents[index]?.start();
      while (!isConnected(index)) await new Promise((resolve) => setTimeout(resolve, 5));
    });
    return 0;
  },
  lose: ({ percent = 0 }) => {
    const lost = agents.slice(0, Math.ceil((agents.length * percent) / 100));
    for (const agent of lost) agent.crash();
    return lost.reduce((sum, agent) => sum + agent.runningTasks.length, 0);
  },
};

function isConnected(index: number): boolean {
  return agents[index]?.connected ?? true;
}

process.on('message', (command: FleetCommand) => {
  void Promise.resolve(commands[command.type](command)).then((tasks) => process.send?.(tasks));
});
process.on('disconnect', () => process.exit(0));
process.send?.('ready');
