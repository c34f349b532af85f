import type { SimulatedTask } from '../../support/simulated-agent-task.ts';
import { Violation } from '../world/violation.ts';
import type { Replica } from './replica.ts';

/** What really runs, seen from the hosts. */
export class Hosts {
  readonly #replica: Replica;
  /** The host on which each task ever ran, and the task there. */
  readonly #ran = new Map<string, { readonly host: string; readonly task: SimulatedTask }>();
  /** Running tasks by address. */
  readonly #addresses = new Map<string, Set<SimulatedTask>>();

  constructor(replica: Replica) {
    this.#replica = replica;
  }

  /** A task changed on a host. */
  observe(host: string, task: SimulatedTask): void {
    const { arn } = task;
    if (task.status === 'STOPPED') this.#checkStop(host, task);
    if (!task.runs) return;
    const earlier = this.#ran.get(arn);
    if (earlier !== undefined && earlier.task !== task) {
      const message = `${arn} runs on ${host} and ran on ${earlier.host} before`;
      throw new Violation('a task never runs twice', message, [arn, host, earlier.host]);
    }
    if (earlier !== undefined) return;
    this.#ran.set(arn, { host, task });
    this.#checkAddress(task);
  }

  /** Whether a task runs at the address. */
  answers(address: string): boolean {
    return [...(this.#addresses.get(address) ?? [])].some(({ runs }) => runs);
  }

  /** A container that was stopped, rather than ended by itself, was of a task that the disk knows is to stop. */
  #checkStop(host: string, task: SimulatedTask): void {
    const record = this.#replica.table('tasks').get(task.arn);
    const instance = this.#replica.table('containerInstances').get(record?.hostArn ?? '');
    const ordered = task.containers.every(({ exitCode, reason }) => exitCode === 143 && reason === undefined);
    if (!ordered || record?.desiredStatus !== 'RUNNING' || instance?.status === 'INACTIVE') return;
    throw new Violation('only what is not wanted is stopped', `${host} was told to stop ${task.arn}`, [task.arn, host]);
  }

  #checkAddress(task: SimulatedTask): void {
    const address = this.#replica.table('tasks').get(task.arn)?.attachment?.privateIpv4Address;
    if (address === undefined) return;
    const users = this.#addresses.get(address) ?? new Set();
    this.#addresses.set(address, users.add(task));
    for (const other of users) {
      if (!other.runs) users.delete(other);
      // A host that was given up by force may still run what it ran.
      else if (other !== task && !this.#isGivenUp(other)) {
        const message = `${address} is used by ${task.arn} and ${other.arn}`;
        throw new Violation('no address given twice', message, [task.arn, other.arn]);
      }
    }
  }

  #isGivenUp(task: SimulatedTask): boolean {
    const hostArn = this.#replica.table('tasks').get(task.arn)?.hostArn ?? '';
    const host = this.#replica.table('containerInstances').get(hostArn);
    return host === undefined || host.status === 'INACTIVE';
  }
}
