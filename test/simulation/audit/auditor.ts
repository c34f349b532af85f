import type { Instant } from '#base';
import type { Host } from '../world/host.ts';
import { Addresses } from './addresses.ts';
import { Capacity } from './capacity.ts';
import type { Check } from './check.ts';
import { Daemons } from './daemons.ts';
import { Deployments } from './deployments.ts';
import { Events } from './events.ts';
import { Hosts } from './hosts.ts';
import { Names } from './names.ts';
import { Owners } from './owners.ts';
import { Promises } from './promises.ts';
import { Protection } from './protection.ts';
import { Releases } from './releases.ts';
import { type RecordChange, Replica, type Transaction } from './replica.ts';
import { ServiceBounds } from './service-bounds.ts';
import { Statuses } from './statuses.ts';
import { Shifts } from './targets.ts';
import { TaskSets } from './task-sets.ts';
import { Zones } from './zones.ts';

interface AuditorDeps {
  readonly latest: () => Instant;
  readonly elapsedMs: () => number;
  readonly steadyClock: () => boolean;
  readonly hosts: () => readonly Host[];
  /** Told of every commit. */
  readonly onCommit: (transaction: Transaction) => void;
}

/** Reads every commit off the disk as it becomes durable, and checks every invariant there and then. */
export class Auditor {
  readonly replica = new Replica();
  readonly promises = new Promises(this.replica);
  readonly hosts = new Hosts(this.replica);
  commits = 0;
  readonly #checks: readonly Check[];
  readonly #deps: AuditorDeps;

  constructor(deps: AuditorDeps) {
    this.#deps = deps;
    this.#checks = [
      new Statuses(),
      new Capacity(),
      new Addresses(),
      new Names(),
      new Owners(),
      new ServiceBounds(),
      new Protection(),
      new Events(),
      new Deployments(),
      new Daemons(),
      new TaskSets(),
      new Releases(),
      new Shifts(deps.hosts),
      new Zones(),
      this.promises,
    ];
  }

  /** A batch is on disk. Throws the first Violation. */
  durable(body: Uint8Array): void {
    const { onCommit } = this.#deps;
    const moment = {
      latest: this.#deps.latest(),
      elapsedMs: this.#deps.elapsedMs(),
      steadyClock: this.#deps.steadyClock(),
    };
    for (const transaction of this.replica.apply(body)) {
      this.commits++;
      onCommit(transaction);
      const context = { replica: this.replica, transaction, ...moment };
      for (const check of this.#checks) for (const change of transaction.changes) check.keep?.(change, context);
      // What goes is looked at before what comes, so that something handed on within a commit is not there twice.
      const ordered = [...transaction.changes].sort(
        (a, b) => Number(b.after === undefined) - Number(a.after === undefined),
      );
      for (const check of this.#checks) {
        for (const change of ordered) check.check(change, context);
        check.checkAll?.(context);
      }
    }
  }
}

/** A commit in one line: who changed what. */
export function commitText({ revision, writer, changes }: Transaction): string {
  return `${revision} ${writer} ${changes.map(changeText).join(', ')}`;
}

function changeText({ table, key, before, after }: RecordChange): string {
  const name = `${table}/${key.slice(key.lastIndexOf('/') + 1)}`;
  if (after === undefined) return `-${name}`;
  if (before === undefined) return `+${name}${statusText(after)}`;
  const fields = Object.keys({ ...before, ...after }).filter((field) => before[field] !== after[field]);
  return `${name}{${fields.filter((field) => field !== 'version').join(' ')}}${statusText(after)}`;
}

function statusText(record: {
  lastStatus?: string;
  desiredStatus?: string;
  status?: string;
  desiredCount?: number;
}): string {
  const { lastStatus, desiredStatus, status, desiredCount } = record;
  if (lastStatus !== undefined) return ` ${lastStatus}/${desiredStatus}`;
  return [status, desiredCount]
    .filter((part) => part !== undefined)
    .map((part) => ` ${part}`)
    .join('');
}
