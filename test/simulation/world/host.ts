import type { ManualClock } from '#base';
import { defaultAccountId, groupAttribute, type Principal, platformAccountId, rootArn } from '#model';
import { capabilityOf } from '#wire/link';
import { SimulatedAgent } from '../../support/simulated-agent.ts';
import { calmBehaviour } from '../../support/simulated-agent-options.ts';
import type { SimulatedTask, Span } from '../../support/simulated-agent-task.ts';
import type { HostPlan } from '../plan/hosts.ts';
import type { Entry } from '../plan/plan.ts';
import { Draw } from './draw.ts';
import { HostDocuments } from './host-documents.ts';
import { region } from './incarnation.ts';
import { Peer, type Server } from './network.ts';

export const userPrincipal: Principal = { type: 'root', accountId: defaultAccountId, arn: rootArn(defaultAccountId) };
export const platformPrincipal: Principal = {
  type: 'root',
  accountId: platformAccountId,
  arn: rootArn(platformAccountId),
};

export interface HostDeps {
  readonly clock: ManualClock;
  readonly seed: number;
  readonly server: () => Server | undefined;
  readonly onTask: (host: Host, task: SimulatedTask) => void;
  /** Whether a task runs at the address. */
  readonly answers: (address: string) => boolean;
  /** Why an image cannot be pulled. */
  readonly pullError: (image: string) => string | undefined;
}

/** How long a batch job runs. */
const jobMs: Span = [5_000, 600_000];

/** One host: its agent, and its way to the control plane. */
export class Host {
  readonly plan: Entry<HostPlan>;
  readonly peer: Peer;
  readonly agent: SimulatedAgent;
  /** Of agents that announce that they can do more than run tasks. */
  readonly documents: HostDocuments | undefined;
  /** How many faults keep the agent down. */
  #down = 0;

  constructor(plan: Entry<HostPlan>, deps: HostDeps) {
    this.plan = plan;
    const { clock, seed } = deps;
    const principal = plan.launchType === 'FARGATE' ? platformPrincipal : userPrincipal;
    this.peer = new Peer(
      { name: plan.id, principal, draw: new Draw(seed, `network ${plan.id}`) },
      { clock, server: deps.server },
    );
    const draw = new Draw(seed, `documents ${plan.id}`);
    this.documents =
      plan.families.length === 0
        ? undefined
        : new HostDocuments({ families: plan.families }, { clock, draw, answers: deps.answers });
    this.agent = new SimulatedAgent(
      {
        cluster: plan.cluster,
        cpuUnits: plan.cpuUnits,
        memoryMiB: plan.memoryMiB,
        availabilityZone: `${region}${plan.zone}`,
        attributes: [...attributesOf(plan), ...announced(plan)],
        ...(plan.gpus === 0 ? {} : { gpuIds: Array.from({ length: plan.gpus }, (_, index) => `GPU-${index}`) }),
        publishMs: 60_000,
        forgetAfterMs: 30 * 60_000,
        behaviour: {
          ...calmBehaviour,
          ...(plan.sloppy ? { repeatPercent: 10, losesAckPercent: 10 } : {}),
          pullError: deps.pullError,
          lifeMs: (family) => (family.startsWith('job') ? jobMs : undefined),
        },
      },
      {
        clock,
        random: new Draw(seed, `agent ${plan.id}`).random,
        call: (operation, input) => this.peer.call(operation, input),
        connect: (channel, query) => this.peer.connect(channel, query),
        ...(this.documents === undefined ? {} : { documents: this.documents }),
        onTask: (task) => deps.onTask(this, task),
      },
    );
  }

  start(): void {
    if (this.#down === 0) this.agent.start();
  }

  /** The agent's process dies. A silent death leaves connections that the control plane takes for open. */
  crash(silent: boolean): void {
    this.#down++;
    this.peer.breakLinks({ clientMs: 0, serverMs: silent ? undefined : 0 });
    this.agent.crash();
  }

  /** What kept it down is over. */
  recover(): void {
    this.#down--;
    this.start();
  }

  /** The agent crashed and the host is made anew. */
  reimage(): void {
    this.agent.reimage();
  }

  get down(): boolean {
    return this.#down > 0;
  }
}

function attributesOf({
  tier,
  launchType,
  cluster,
  group,
}: HostPlan): { readonly name: string; readonly value?: string }[] {
  if (launchType === 'FARGATE') return [{ name: 'roadstead.pool', value: 'fargate' }];
  const external = launchType === 'EXTERNAL' ? [{ name: 'ecs.capability.external' }] : [];
  const grouped = group === undefined ? [] : [{ name: groupAttribute, value: `${cluster}-${group}` }];
  return [{ name: 'tier', value: tier }, ...external, ...grouped];
}

/** What it can do beside tasks, and where others reach it for that. */
function announced({ families, index }: HostPlan): { readonly name: string; readonly value?: string }[] {
  if (families.length === 0) return [];
  const underlay = { name: 'roadstead.underlay-address', value: `10.0.${index >> 8}.${index & 255}` };
  return [...families.map((family) => ({ name: capabilityOf(family) })), underlay];
}
