import { type Clock, Fault, Ids, silentLogger, sleep } from '#base';
import {
  type Connection,
  familiesOfKind,
  type HostDocument,
  type HostStateFamily,
  hostDocumentKinds,
  type RoadsteadHostStateMessage,
} from '#wire/link';
import { KeptDocuments } from '../../../src/agent/host-state/documents.ts';
import { HostState } from '../../../src/agent/host-state/host-state.ts';
import type {
  HostDocumentChanges,
  HostDocumentSet,
  HostPart,
  HostPartHost,
  HostPartRun,
} from '../../../src/agent/host-state/part.ts';
import { MemoryHostStateStore } from '../../../src/agent/host-state/store.ts';
import type { AgentDocuments } from '../../support/simulated-agent-options.ts';
import { BalancerNodes } from './balancer-nodes.ts';
import type { Draw } from './draw.ts';

/** Times in a hundred that the host cannot be made as it shall be. */
const failsPercent = 4;
/** How long it takes, ms: one time in four it has to wait for something. */
const takesMs = [400, 400, 400, 4_000] as const;

export interface HostDocumentsOptions {
  /** What the agent announces; the host becomes what the documents of these say. */
  readonly families: readonly HostStateFamily[];
}

export interface HostDocumentsDeps {
  readonly clock: Clock;
  readonly draw: Draw;
  /** Whether a task runs at the address. */
  readonly answers: (address: string) => boolean;
}

/** The agent's own code for what its host shall be beside its tasks, over a host that is what it was last made. */
export class HostDocuments implements AgentDocuments {
  /** What the host is, by family: documents as text, by `kind/id`. */
  readonly host = new Map<HostStateFamily, Map<string, string>>();
  readonly #options: HostDocumentsOptions;
  readonly #deps: HostDocumentsDeps;
  #store = new MemoryHostStateStore();
  #state: HostState | undefined;

  constructor(options: HostDocumentsOptions, deps: HostDocumentsDeps) {
    this.#options = options;
    this.#deps = deps;
  }

  get families(): readonly HostStateFamily[] {
    return this.#options.families;
  }

  async begin(containerInstanceArn: string): Promise<void> {
    const { clock, draw } = this.#deps;
    const { random } = draw;
    const parts = this.families.map((family) => this.#part(family));
    const deps = { store: this.#store, clock, random, ids: new Ids(random), log: silentLogger };
    this.#state = await HostState.start({ containerInstanceArn, parts }, deps);
  }

  opened(connection: Connection): void {
    this.#state?.opened(connection);
  }

  closed(): void {
    this.#state?.closed();
  }

  receive(message: Readonly<Record<string, unknown>>, connection: Connection, acknowledge: () => void): void {
    this.#state?.receive(message as unknown as RoadsteadHostStateMessage, connection, acknowledge);
  }

  end(): void {
    void this.#state?.[Symbol.asyncDispose]();
    this.#state = undefined;
  }

  forget(): void {
    this.#store = new MemoryHostStateStore();
    this.host.clear();
  }

  #part(family: HostStateFamily): HostPart {
    const kinds = hostDocumentKinds.filter((kind) => familiesOfKind[kind].includes(family));
    return {
      family,
      kinds,
      probe: async () => ({ available: true, problems: [] }),
      start: (host) => this.#start({ family, kinds }, host),
    };
  }

  #start(part: Pick<HostPart, 'family' | 'kinds'>, { containerInstanceArn, reporting }: HostPartHost): HostPartRun {
    const over = new AbortController();
    const nodes =
      part.family === 'balancing' ? new BalancerNodes(containerInstanceArn, reporting, this.#deps) : undefined;
    return {
      apply: async (documents, changed) => {
        await this.#apply(part, documents, changed, over.signal);
        // Documents that came meanwhile are not in effect yet.
        if (!over.signal.aborted) nodes?.serve(asMade(this.host.get(part.family) ?? new Map()));
      },
      [Symbol.asyncDispose]: async () => {
        over.abort();
        nodes?.end();
      },
    };
  }

  /** Makes the host so; fails now and then with half of it done. */
  async #apply(
    { family, kinds }: Pick<HostPart, 'family' | 'kinds'>,
    documents: HostDocumentSet,
    changed: HostDocumentChanges,
    over: AbortSignal,
  ): Promise<void> {
    const { clock, draw } = this.#deps;
    const fails = draw.percent(failsPercent);
    await sleep(clock, draw.below(draw.pick(takesMs)), over);
    if (over.aborted) return;
    const before = this.host.get(family) ?? new Map<string, string>();
    const now = changed === 'all' ? new Map<string, string>() : before;
    this.host.set(family, now);
    const steps = kinds.flatMap((kind) => {
      const ids = changed === 'all' ? documents.all(kind).keys() : (changed.get(kind) ?? []);
      return [...ids].map((id) => ({ kind, id }));
    });
    for (const { kind, id } of fails ? steps.slice(0, steps.length / 2) : steps) {
      const body = documents.find(kind, id);
      if (body === undefined) now.delete(`${kind}/${id}`);
      else now.set(`${kind}/${id}`, JSON.stringify({ kind, id, body }));
    }
    if (fails) throw new Fault('HostBusy', 'The host is busy.', { retryable: true });
  }
}

/** What a host was made of, by `kind/id` as text. */
function asMade(made: ReadonlyMap<string, string>): HostDocumentSet {
  return new KeptDocuments([...made.values()].map((text) => JSON.parse(text) as HostDocument));
}
