import { applyTargetReports } from '#balancing';
import { silentLogger, Turnstile } from '#base';
import { ownMachines } from '#capacity';
import { startControllers, type TaskLoad } from '#controllers';
import { applyContainerHealth, applyTaskReport, type Service, type Target, type Task } from '#model';
import { endpointCertificates } from '../../src/main/endpoint-certificates.ts';
import { trafficPorts } from '../../src/main/traffic.ts';
import { type Answer, accountA, apiHarness } from './api-harness.ts';
import { testCertificates, testReissue } from './certificates.ts';
import { type ElbWorld, elbWorld } from './elb-world.ts';

/** The API with all control loops behind it, in one store; hosts and agents are what a test says. */
export interface ElbLoops extends ElbWorld, AsyncDisposable {
  /** Calls of ECS. */
  readonly ecs: (operation: string, input?: object) => Promise<Answer>;
  /** Containers of PENDING tasks come up, those of STOPPING ones go. */
  readonly agents: () => Promise<void>;
  /** Targets pass, or fail, the checks of the hosts that carry their load balancer. */
  readonly report: (state: 'healthy' | 'unhealthy', which?: (target: Target) => boolean) => Promise<void>;
  readonly tasks: () => readonly Task[];
  readonly targets: () => readonly Target[];
  readonly service: () => Service;
  readonly events: () => readonly string[];
  readonly weights: (ruleArn: string) => readonly number[];
  /** Agents, healthy targets and loops in turn until it is so. */
  readonly until: (what: string, condition: () => boolean) => Promise<void>;
  readonly idle: () => Promise<void>;
  /** Alarms that are in ALARM; all others are OK. */
  readonly ringing: Set<string>;
  /** What tasks use, by their ARNs. */
  readonly loads: Map<string, TaskLoad>;
  /** Whether hosts have heard of what the store says. */
  heard: boolean;
}

export async function elbLoops(): Promise<ElbLoops> {
  const harness = await apiHarness();
  const world = await elbWorld(harness);
  const { store, clock, totals, hosts, ids } = harness;
  const turns = new Turnstile({ turnMs: 4 }, { clock });
  turns.open();
  const state = { heard: true, loads: new Map<string, TaskLoad>() };
  const ringing = new Set<string>();
  const run = startControllers(
    { healthySettleMs: 0 },
    {
      store,
      hosts,
      totals,
      alarms: { find: (_, name) => (ringing.has(name) ? 'ALARM' : 'OK') },
      groups: ownMachines,
      ...trafficPorts({ store, hosts: { inStep: () => state.heard } }),
      endpointCertificates: endpointCertificates(testCertificates(clock.now())),
      clock,
      random: ids.random,
      logger: silentLogger,
      publicAddresses: { cidrBlocks: ['203.0.113.0/24'] },
      loads: { find: (taskArn) => state.loads.get(taskArn) },
      reissue: testReissue(clock.now()),
      turns,
    },
  );
  const capabilities = [
    'roadstead.capability.balancing',
    'com.amazonaws.ecs.capability.logging-driver.awslogs',
    'ecs.capability.execution-role-awslogs',
    'ecs.capability.service-connect-v1',
  ];
  const attributes = Object.fromEntries(capabilities.map((name) => [name, '']));
  await harness.addHost({ pool: 'fargate', attributes });
  const tasks = (): readonly Task[] => [...store.view.tasks.all()];
  const targets = (): readonly Target[] => [...store.view.targets.all()];
  const idle = async (): Promise<void> => {
    for (let quiet = 0, turn = 0; quiet < 20; turn++) {
      if (turn > 5_000) throw new Error('the loops never rest');
      await new Promise((resolve) => setImmediate(resolve));
      const busy = [...run.counts().values()].some(({ depth }) => depth > 0);
      quiet = busy || store.durableRevision < store.revision ? 0 : quiet + 1;
    }
  };
  const agents = async (): Promise<void> => {
    const due = tasks().filter(({ lastStatus }) => lastStatus === 'PENDING' || lastStatus === 'STOPPING');
    if (due.length === 0) return;
    await store.update('dispatch', (tx) => {
      for (const task of due) {
        const status = task.lastStatus === 'PENDING' ? 'RUNNING' : 'STOPPED';
        const told = applyTaskReport(task, { status, containers: [] }, clock.now());
        const proxy = task.serviceConnect?.containerName;
        tx.tasks.put(proxy === undefined ? told : applyContainerHealth(told, new Map([[proxy, 'HEALTHY']])));
      }
    });
  };
  const report: ElbLoops['report'] = async (said, which = () => true) => {
    const wanted = targets().filter((target) => target.drainsUntil === undefined && which(target));
    await store.update('dispatch', (tx) => {
      for (const host of tx.containerInstances.all()) {
        const reason = said === 'healthy' ? {} : { description: 'Health checks failed with these codes: [503]' };
        const said_ = wanted.map(({ targetGroupArn, id, port }) => ({
          targetGroupArn,
          id,
          port,
          state: said,
          ...reason,
        }));
        applyTargetReports(tx, host.containerInstanceArn, said_);
      }
    });
  };
  return {
    ...world,
    ecs: (operation, input = {}) => harness.call(operation, input, { accountId: accountA }),
    agents,
    report,
    tasks,
    targets,
    service: () => [...store.view.services.all()][0] as Service,
    events: () => [...store.view.serviceEvents.all()].map(({ message }) => message),
    weights: (arn) => {
      const { action } = store.view.listenerRules.get(arn);
      return action.type === 'forward' ? action.targetGroups.map(({ weight }) => weight) : [];
    },
    idle,
    until: async (what, condition) => {
      for (let turn = 0; turn < 40; turn++) {
        await idle();
        if (condition()) return;
        await agents();
        await idle();
        await report('healthy', ({ health }) => health.state !== 'unhealthy');
        await idle();
        if (condition()) return;
        const next = clock.nextTimerAt();
        if (next !== undefined) clock.advanceMs(1_000);
      }
      throw new Error(`it never happened: ${what}`);
    },
    ringing,
    loads: state.loads,
    get heard() {
      return state.heard;
    },
    set heard(heard) {
      state.heard = heard;
    },
    [Symbol.asyncDispose]: async () => {
      await run[Symbol.asyncDispose]();
      await store.close();
    },
  };
}
