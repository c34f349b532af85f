import {
  assert,
  type Clock,
  type Ids,
  type Instant,
  type Logger,
  messageOf,
  sleep,
  type Timer,
  type Turnstile,
} from '#base';
import {
  type AccountId,
  type ContainerInstance,
  type ContainerInstanceArn,
  carriesBalancers,
  type Principal,
  parseEcsArn,
  type Task,
  type TaskArn,
} from '#model';
import type { Revision, RoadsteadCommit, RoadsteadStore } from '#store';
import type { UsageWindow } from '#telemetry';
import type { Connection, RoadsteadStartSessionMessage } from '#wire/link';
import { AcsSession } from './acs-session.ts';
import { Background } from './background.ts';
import { markConnected, markDisconnected, markSilent } from './connection-state.ts';
import { type DispatchCounts, noCounts } from './counts.ts';
import { CredentialRefresh } from './credential-refresh.ts';
import type { CredentialIssuer } from './credentials.ts';
import { defined } from './defined.ts';
import { Handover } from './handover.ts';
import {
  compilersOf,
  type HostReports,
  type HostStateCompiler,
  HostStates,
  noHostReports,
  type PrivateKeys,
} from './host-state/index.ts';
import { type DispatchSettings, defaultDispatchSettings, instancesPerTransaction } from './limits.ts';
import { TcsSession } from './tcs-session.ts';
import { type AcsHello, type Channel, decideUpgrade, type UpgradeDecision } from './upgrade.ts';

/** The control plane's side of every agent connection. */
export interface Dispatcher extends AsyncDisposable {
  /** Whether a caller may open a channel; decided before the upgrade. */
  authorizeUpgrade(channel: Channel, query: URLSearchParams, principal: Principal): UpgradeDecision;
  /** Takes over a control channel that `authorizeUpgrade` let in. */
  acceptAcs(connection: Connection, hello: AcsHello, accountId: AccountId): void;
  /** Takes over a telemetry channel that `authorizeUpgrade` let in. */
  acceptTcs(connection: Connection, containerInstanceArn: ContainerInstanceArn, accountId: AccountId): void;
  /** Tells an agent to join a session; false when it is not connected. */
  startSession(arn: ContainerInstanceArn, session: Omit<RoadsteadStartSessionMessage, 'messageId'>): boolean;
  /** Whether these hosts have acknowledged all documents as of a revision of the store; false when one is not connected. */
  inStep(hosts: Iterable<ContainerInstanceArn>, revision: Revision): boolean;
  /** Control channels open now. */
  readonly connectedCount: number;
  readonly counts: Readonly<DispatchCounts>;
}

export interface DispatcherDeps {
  readonly store: RoadsteadStore;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly credentials: CredentialIssuer;
  readonly logger: Logger;
  readonly turns: Turnstile;
  /** What agents tell of their tasks' usage goes there. */
  readonly usage: Pick<UsageWindow, 'record' | 'connect'>;
  /** What agents tell of what their hosts' documents became goes there; default: nowhere. */
  readonly reports?: HostReports;
  /** Opens the private keys of certificates; default: hosts get none. */
  readonly privateKeys?: PrivateKeys;
  /** Default: those of all kinds. */
  readonly compilers?: readonly HostStateCompiler[];
}

/** Starts at once; disposing closes every connection with 1001, on which agents come straight back. */
export function createDispatcher(options: Partial<DispatchSettings>, deps: DispatcherDeps): Dispatcher {
  return new ConnectedAgents({ ...defaultDispatchSettings, ...options }, deps);
}

/** What is kept of one host while its agent is connected, and for the grace after that. */
interface Host {
  session: AcsSession | undefined;
  handover: Handover;
  refresh: CredentialRefresh;
  absence: Timer | undefined;
}

const notRegistered = 'InactiveInstanceException: the container instance is not registered';
const shutdownReason = 'The control plane is restarting';
/** Agents come back with a growing delay; on 1011 they would at once, and all of them again and again. */
const tryAgainLater = 1013;
/** Before a write that the store refused is tried again, ms. */
const retryMs = 2_000;

class ConnectedAgents implements Dispatcher {
  readonly #settings: DispatchSettings;
  readonly #deps: DispatcherDeps;
  readonly #background: Background;
  readonly #hostStates: HostStates;
  readonly #stop = new AbortController();
  readonly #hosts = new Map<ContainerInstanceArn, Host>();
  readonly #telemetry = new Map<ContainerInstanceArn, TcsSession>();
  readonly #timers = new Set<Timer>();
  /** Sessions with news to act on. */
  readonly #dirty = new Set<AcsSession>();
  #flushing = false;
  readonly counts = noCounts();

  constructor(settings: DispatchSettings, deps: DispatcherDeps) {
    this.#settings = settings;
    this.#deps = deps;
    this.#background = new Background(deps.logger);
    const background = this.#background;
    this.#hostStates = new HostStates(settings, deps.compilers ?? compilersOf(deps.privateKeys), {
      ...deps,
      background,
    });
    this.#background.spawn('watch', () => this.#follow());
    const startedAt = deps.clock.now();
    this.#later(settings.disconnectGraceMs, () => this.#markAllAbsent(startedAt));
  }

  get connectedCount(): number {
    let count = 0;
    for (const host of this.#hosts.values()) if (host.session !== undefined) count++;
    return count;
  }

  inStep(hosts: Iterable<ContainerInstanceArn>, revision: Revision): boolean {
    return [...hosts].every((host) => this.#hostStates.inStep(host, revision));
  }

  authorizeUpgrade(channel: Channel, query: URLSearchParams, principal: Principal): UpgradeDecision {
    return decideUpgrade(this.#deps.store.view, channel, query, principal);
  }

  acceptAcs(connection: Connection, hello: AcsHello, accountId: AccountId): void {
    const arn = hello.containerInstanceArn;
    const instance = this.#admitted(connection, arn, accountId);
    if (instance === undefined) return;
    const host = this.#hostFor(arn, hello.sendCredentials);
    const replaced = host.session;
    this.counts.connections += 1;
    const session = this.#newSession(connection, hello, instance, host);
    host.session = session;
    host.absence?.cancel();
    host.absence = undefined;
    replaced?.close(1008, 'Replaced by a newer connection of this instance');
    this.#background.spawn('connect', async () => {
      try {
        const { store, clock } = this.#deps;
        const connected = await store.update('dispatch', (tx) => markConnected(tx, arn, hello, clock.now()));
        await this.#deps.turns.pass('upkeep');
        if (connected !== undefined) await session.open(connected);
        else session.close(1008, notRegistered);
      } catch (error) {
        this.#deps.logger.warn('an agent could not be connected', {
          containerInstanceArn: arn,
          error: messageOf(error),
        });
        session.close(tryAgainLater, 'The control plane cannot store the connection; try again');
      }
    });
  }

  acceptTcs(connection: Connection, containerInstanceArn: ContainerInstanceArn, accountId: AccountId): void {
    if (this.#admitted(connection, containerInstanceArn, accountId) === undefined) return;
    const { store, clock, logger, usage } = this.#deps;
    const replaced = this.#telemetry.get(containerInstanceArn);
    const session: TcsSession = new TcsSession(
      { containerInstanceArn, settings: this.#settings },
      {
        connection,
        store,
        clock,
        logger,
        usage,
        background: this.#background,
        onEnded: () => {
          if (this.#telemetry.get(containerInstanceArn) === session) this.#telemetry.delete(containerInstanceArn);
        },
      },
    );
    this.#telemetry.set(containerInstanceArn, session);
    replaced?.close(1008, 'Replaced by a newer connection of this instance');
  }

  startSession(arn: ContainerInstanceArn, session: Omit<RoadsteadStartSessionMessage, 'messageId'>): boolean {
    const connected = this.#hosts.get(arn)?.session;
    connected?.startSession(session);
    return connected !== undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort(new Error(shutdownReason));
    for (const host of this.#hosts.values()) host.session?.close(1001, shutdownReason);
    for (const session of this.#telemetry.values()) session.close(1001, shutdownReason);
    for (const host of this.#hosts.values()) host.absence?.cancel();
    for (const timer of this.#timers) timer.cancel();
    await this.#background.settled();
  }

  /** The instance of a new connection; closes it when the instance or the dispatcher went away since the upgrade. */
  #admitted(connection: Connection, arn: ContainerInstanceArn, accountId: AccountId): ContainerInstance | undefined {
    assert(parseEcsArn(arn)?.scope.accountId === accountId, 'the upgrade of another account was let in');
    const instance = this.#deps.store.view.containerInstances.find(arn);
    if (this.#stop.signal.aborted) connection.close(1001, shutdownReason);
    else if (instance === undefined) connection.close(1008, notRegistered);
    return this.#stop.signal.aborted ? undefined : instance;
  }

  /** A new agent process may have lost what the last one was told: it starts from nothing. */
  #hostFor(arn: ContainerInstanceArn, newProcess: boolean): Host {
    const known = this.#hosts.get(arn);
    if (known !== undefined && !newProcess) return known;
    const { resendMs } = this.#settings;
    const handover = new Handover({ resendMs }, { random: this.#deps.ids.random });
    // Every quarter of their life, so that credentials stay good though one refresh is lost.
    const refresh = new CredentialRefresh({ everyMs: Math.floor(this.#deps.credentials.lifetimeMs / 4) });
    const host = known ?? { session: undefined, handover, refresh, absence: undefined };
    host.handover = handover;
    host.refresh = refresh;
    this.#hosts.set(arn, host);
    return host;
  }

  #newSession(connection: Connection, hello: AcsHello, instance: ContainerInstance, host: Host): AcsSession {
    const { sendCredentials, endpoint } = hello;
    const { containerInstanceArn, clusterArn } = instance;
    const session: AcsSession = new AcsSession(
      { containerInstanceArn, clusterArn, sendCredentials, settings: this.#settings, ...defined({ endpoint }) },
      {
        ...this.#deps,
        connection,
        background: this.#background,
        handover: host.handover,
        refresh: host.refresh,
        counts: this.counts,
        hostStates: this.#hostStates,
        reports: this.#deps.reports ?? noHostReports,
        onSilent: (silent) => this.#silence(containerInstanceArn, session, silent),
        onEnded: () => this.#sessionEnded(containerInstanceArn, session),
      },
    );
    return session;
  }

  #sessionEnded(arn: ContainerInstanceArn, session: AcsSession): void {
    this.#dirty.delete(session);
    const host = this.#hosts.get(arn);
    if (host?.session !== session) return;
    host.session = undefined;
    if (this.#stop.signal.aborted) return;
    const { carrierGraceMs, disconnectGraceMs } = this.#settings;
    const instance = this.#deps.store.view.containerInstances.find(arn);
    const carries = instance !== undefined && carriesBalancers(instance);
    const graceMs = carries ? Math.min(carrierGraceMs, disconnectGraceMs) : disconnectGraceMs;
    this.#awaitReturn(arn, host, this.#deps.clock.now(), graceMs);
  }

  /** Soon known, so that traffic goes by others; the agent still counts as connected. */
  #silence(arn: ContainerInstanceArn, session: AcsSession, silent: boolean): void {
    if (this.#hosts.get(arn)?.session !== session) return;
    const { store, clock, logger } = this.#deps;
    const at = clock.now();
    logger.info(silent ? 'a host gives no sign of life' : 'a host gives signs of life again', {
      containerInstanceArn: arn,
    });
    this.#background.spawn('silence', async () => {
      try {
        await store.update('dispatch', (tx) => markSilent(tx, arn, silent ? at : undefined));
      } catch (error) {
        logger.warn('the silence of a host could not be stored', { error: messageOf(error) });
      }
    });
  }

  /** Writes the absence unless the agent is back in time. */
  #awaitReturn(arn: ContainerInstanceArn, host: Host, since: Instant, waitMs: number): void {
    host.absence = this.#deps.clock.setTimer(waitMs, () => {
      host.absence = undefined;
      this.#background.spawn('disconnect', async () => {
        try {
          await this.#markAbsent([arn], since);
          if (host.session === undefined && host.absence === undefined) this.#hosts.delete(arn);
        } catch (error) {
          this.#deps.logger.warn('an absence could not be stored', {
            containerInstanceArn: arn,
            error: messageOf(error),
          });
          const gone = host.session === undefined && host.absence === undefined && !this.#stop.signal.aborted;
          if (gone) this.#awaitReturn(arn, host, since, retryMs);
        }
      });
    });
  }

  /** At the start every instance that was connected and has not come back is absent. */
  #markAllAbsent(since: Instant): void {
    this.#background.spawn('absences', async () => {
      const connected: ContainerInstanceArn[] = [];
      for (const instance of this.#deps.store.view.containerInstances.all()) {
        if (instance.agentConnected) connected.push(instance.containerInstanceArn);
      }
      try {
        for (let from = 0; from < connected.length; from += instancesPerTransaction) {
          await this.#markAbsent(connected.slice(from, from + instancesPerTransaction), since);
        }
      } catch (error) {
        this.#deps.logger.warn('absences could not be stored', { error: messageOf(error) });
        this.#later(retryMs, () => this.#markAllAbsent(since));
      }
    });
  }

  async #markAbsent(arns: readonly ContainerInstanceArn[], since: Instant): Promise<void> {
    await this.#deps.store.update('dispatch', (tx) => {
      for (const arn of arns) {
        const host = this.#hosts.get(arn);
        // Connected again, or gone only just now: then its own grace decides.
        if (host?.session === undefined && host?.absence === undefined) markDisconnected(tx, arn, since);
      }
    });
  }

  #later(delayMs: number, fire: () => void): void {
    if (this.#stop.signal.aborted) return;
    const timer = this.#deps.clock.setTimer(delayMs, () => {
      this.#timers.delete(timer);
      fire();
    });
    this.#timers.add(timer);
  }

  /** One watch for all sessions, until the dispatcher stops. */
  async #follow(): Promise<void> {
    const { store, logger, clock } = this.#deps;
    const signal = this.#stop.signal;
    for (let attempt = 0; !signal.aborted; attempt++) {
      // The watch has its place before the tasks are read, so that nothing is missed in between.
      const events = store.watch(signal);
      if (attempt > 0) this.#reloadAll();
      try {
        for await (const event of events) {
          await this.#deps.turns.passFirst();
          if (event.type === 'commit') this.#route(event.commit);
          else this.#reloadAll();
        }
        return;
      } catch (error) {
        logger.error('the watch failed and starts again', { error: messageOf(error) });
        await sleep(clock, retryMs, signal).catch(() => {});
      }
    }
  }

  #route(commit: RoadsteadCommit): void {
    const inactive: ContainerInstanceArn[] = [];
    for (const change of commit.changes) {
      if (change.table === 'tasks') {
        const before = change.before as Task | undefined;
        const after = change.after as Task | undefined;
        this.#routeTask(commit.revision, change.key as TaskArn, before, after);
      } else if (change.table === 'containerInstances') {
        const after = change.after as ContainerInstance | undefined;
        if (after?.status === 'INACTIVE') inactive.push(after.containerInstanceArn);
      }
    }
    this.#hostStates.observe(commit);
    this.#flushDirty();
    // After the tasks of the same commit, so that the last manifest names none of them.
    for (const arn of inactive) this.#retire(arn);
  }

  #routeTask(revision: number, arn: TaskArn, before: Task | undefined, after: Task | undefined): void {
    const hostArn = after?.hostArn ?? before?.hostArn;
    const session = hostArn === undefined ? undefined : this.#hosts.get(hostArn)?.session;
    if (session === undefined) return;
    session.observe(revision, arn, after);
    this.#dirty.add(session);
  }

  #retire(arn: ContainerInstanceArn): void {
    this.#hosts.get(arn)?.session?.retire();
    this.#telemetry.get(arn)?.close(1008, 'InactiveInstanceException: the container instance was deregistered');
  }

  /** Sends what is new, a session after the other: news that come while it waits for its turn go out together. */
  #flushDirty(): void {
    if (this.#flushing || this.#dirty.size === 0) return;
    this.#flushing = true;
    this.#background.spawn('flush', async () => {
      for (const session of this.#dirty) {
        await this.#deps.turns.passFirst();
        this.#dirty.delete(session);
        this.#flush(session);
      }
      this.#flushing = false;
    });
  }

  /** A session that fails must not keep the others from being told. */
  #flush(session: AcsSession): void {
    try {
      session.flush();
    } catch (error) {
      this.#deps.logger.error('orders could not be sent', { error: messageOf(error) });
    }
  }

  #reloadAll(): void {
    this.#hostStates.reload();
    for (const { session } of this.#hosts.values()) {
      if (session === undefined) continue;
      this.#background.spawn('reload', async () => {
        try {
          await this.#deps.turns.pass('upkeep');
          await session.reload();
        } catch (error) {
          this.#deps.logger.warn('tasks could not be read again', { error: messageOf(error) });
          session.close(tryAgainLater, 'The control plane could not read its state; try again');
        }
      });
    }
  }
}
