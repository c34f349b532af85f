import { assert } from '#base';
import { type ContainerInstance, type ContainerInstanceArn, interfaceLimitOf } from '#model';
import { type HostLoads, hostView, withTasks } from '../host-view.ts';
import { maxArrangements, maxVerdictShapes } from '../limits.ts';
import type { ParseQuery } from '../query/query.ts';
import type { HostView, PlacementRequest } from '../types.ts';
import { Arrangement, type Resource, type ShelfKey } from './arrangement.ts';
import type { Column } from './order.ts';
import { Verdicts } from './verdicts.ts';

const noTasks: ReadonlyMap<ContainerInstanceArn, number> = new Map();

/**
 * The hosts that one cluster's tasks, or all Fargate tasks, may be placed on, each in a slot of its own. A task tried
 * here counts until the next {@link HostPool.refresh}, which reads what really is.
 */
export class HostPool {
  readonly parse: ParseQuery;
  readonly #loads: HostLoads;
  readonly #slotOf = new Map<ContainerInstanceArn, number>();
  readonly #instances: (ContainerInstance | undefined)[] = [];
  readonly #views: (HostView | undefined)[] = [];
  readonly #unused: number[] = [];
  /** Slots whose host is to be read again. */
  readonly #stale = new Set<number>();
  readonly #tried = new Map<number, { readonly request: PlacementRequest; readonly count: number }>();
  readonly #columns: Readonly<Record<Resource, Column>> = {
    cpu: { values: new Float64Array(16) },
    memory: { values: new Float64Array(16) },
  };
  readonly #arrangements = new Map<string, Arrangement>();
  readonly #verdicts = new Map<string, Verdicts>();
  /** Hosts with only so many interfaces. */
  #limited = 0;
  readonly #tasksByGroup = new Map<string, Map<ContainerInstanceArn, number>>();

  constructor(loads: HostLoads, parse: ParseQuery) {
    this.#loads = loads;
    this.parse = parse;
  }

  /** The hosts that are not INACTIVE. */
  get size(): number {
    return this.#slotOf.size;
  }

  /** Whether a host may be out of interfaces: else none is asked for its own. */
  get limitsInterfaces(): boolean {
    return this.#limited > 0;
  }

  /** Whether nothing is known here, neither hosts nor tasks. */
  get isEmpty(): boolean {
    return this.size === 0 && this.#tasksByGroup.size === 0;
  }

  slots(): Iterable<number> {
    return this.#slotOf.values();
  }

  arnAt(slot: number): ContainerInstanceArn {
    return this.instanceAt(slot).containerInstanceArn;
  }

  instanceAt(slot: number): ContainerInstance {
    const instance = this.#instances[slot];
    assert(instance !== undefined, `no host in slot ${slot}`);
    return instance;
  }

  /** CPU units or MiB that are free, by slot. */
  free(resource: Resource): Float64Array {
    return this.#columns[resource].values;
  }

  /** The host with the tasks tried. Good until the next change. */
  readonly viewAt = (slot: number): HostView => {
    const known = this.#views[slot];
    if (known !== undefined) return known;
    const instance = this.instanceAt(slot);
    const view = hostView(instance, this.#loads.of(instance.containerInstanceArn));
    const tried = this.#tried.get(slot);
    const now = tried === undefined ? view : withTasks(view, tried.request, tried.count);
    this.#views[slot] = now;
    return now;
  };

  /** The host as it is; `undefined` when it is not in the pool. Good until the next change. */
  find(arn: ContainerInstanceArn): HostView | undefined {
    const slot = this.#slotOf.get(arn);
    if (slot === undefined) return undefined;
    this.refresh();
    return this.viewAt(slot);
  }

  /** How many tasks of a group are in each slot that has any; tasks that were tried are not among them. */
  tasksOf(group: string): Map<number, number> {
    const bySlot = new Map<number, number>();
    for (const [arn, tasks] of this.#tasksByGroup.get(group) ?? noTasks) {
      const slot = this.#slotOf.get(arn);
      if (slot !== undefined) bySlot.set(slot, tasks);
    }
    return bySlot;
  }

  /** The hosts by a key, each shelf ordered by a resource; made when first asked for, and kept from then on. */
  arrangement(name: string, keyOf: ShelfKey, resource: Resource): Arrangement {
    return remembered(this.#arrangements, `${resource} ${name}`, maxArrangements, () => {
      const arrangement = new Arrangement(keyOf, resource, this.#columns);
      for (const slot of this.slots()) arrangement.add(slot, this.instanceAt(slot));
      return arrangement;
    });
  }

  /** What a shape of request makes of the records; `judge` must be the same for the same shape. */
  verdicts(shape: string, judge: (host: HostView) => number | undefined): Verdicts {
    return remembered(
      this.#verdicts,
      shape,
      maxVerdictShapes,
      () => new Verdicts(this.#columns.cpu.values.length, judge),
    );
  }

  /** Counts one more task of the request on a host, until the next refresh. */
  take(slot: number, request: PlacementRequest): void {
    const { cpuUnits, memoryMiB } = request.reserves;
    const [cpu = 0, memory = 0] = [this.free('cpu')[slot], this.free('memory')[slot]];
    this.#setFree(slot, { cpu: cpu - cpuUnits, memory: memory - memoryMiB });
    this.#tried.set(slot, { request, count: (this.#tried.get(slot)?.count ?? 0) + 1 });
    this.#views[slot] = undefined;
    this.#stale.add(slot);
  }

  /** Reads again every host that changed or was tried. */
  refresh(): void {
    if (this.#stale.size === 0) return;
    this.#tried.clear();
    for (const slot of this.#stale) {
      this.#views[slot] = undefined;
      const instance = this.instanceAt(slot);
      const load = this.#loads.of(instance.containerInstanceArn);
      const { cpuUnits, memoryMiB } = instance.resources;
      this.#setFree(slot, {
        cpu: Math.max(0, cpuUnits - load.cpuUnits),
        memory: Math.max(0, memoryMiB - load.memoryMiB),
      });
    }
    this.#stale.clear();
  }

  add(instance: ContainerInstance): void {
    const slot = this.#unused.pop() ?? this.#instances.length;
    if (slot === this.free('cpu').length) this.#grow();
    this.#slotOf.set(instance.containerInstanceArn, slot);
    this.#instances[slot] = instance;
    if (interfaceLimitOf(instance) !== undefined) this.#limited += 1;
    for (const arrangement of this.#arrangements.values()) arrangement.add(slot, instance);
    this.#stale.add(slot);
  }

  /** Takes a host's new record that looks as the one before. */
  replace(instance: ContainerInstance): void {
    const slot = this.#slotOf.get(instance.containerInstanceArn);
    if (slot !== undefined) this.#instances[slot] = instance;
  }

  remove(arn: ContainerInstanceArn): void {
    const slot = this.#slotOf.get(arn);
    assert(slot !== undefined, `${arn} is not in the pool`);
    for (const arrangement of this.#arrangements.values()) arrangement.remove(slot);
    for (const verdicts of this.#verdicts.values()) verdicts.forget(slot);
    if (interfaceLimitOf(this.instanceAt(slot)) !== undefined) this.#limited -= 1;
    this.#slotOf.delete(arn);
    this.#instances[slot] = undefined;
    this.#views[slot] = undefined;
    this.#tried.delete(slot);
    this.#stale.delete(slot);
    this.#unused.push(slot);
  }

  /** Notes that the tasks of a host changed. */
  touch(arn: ContainerInstanceArn): void {
    const slot = this.#slotOf.get(arn);
    if (slot !== undefined) this.#stale.add(slot);
  }

  /** Counts tasks of a group on a host, which need not be there. */
  countTasks(group: string, arn: ContainerInstanceArn, amount: number): void {
    const byHost = this.#tasksByGroup.get(group) ?? new Map<ContainerInstanceArn, number>();
    const count = (byHost.get(arn) ?? 0) + amount;
    if (count === 0) byHost.delete(arn);
    else byHost.set(arn, count);
    if (byHost.size === 0) this.#tasksByGroup.delete(group);
    else this.#tasksByGroup.set(group, byHost);
  }

  #setFree(slot: number, free: Readonly<Record<Resource, number>>): void {
    const { cpu, memory } = this.#columns;
    if (cpu.values[slot] === free.cpu && memory.values[slot] === free.memory) return;
    for (const arrangement of this.#arrangements.values()) arrangement.move(slot, free);
    cpu.values[slot] = free.cpu;
    memory.values[slot] = free.memory;
  }

  /** Verdicts are as long as the columns; they are only remembered, so they are forgotten. */
  #grow(): void {
    for (const column of Object.values(this.#columns)) {
      const larger = new Float64Array(column.values.length * 2);
      larger.set(column.values);
      column.values = larger;
    }
    this.#verdicts.clear();
  }
}

/** The value of a key, made when it is not there; of more than `capacity`, the one not asked for longest is dropped. */
function remembered<V>(values: Map<string, V>, key: string, capacity: number, make: () => V): V {
  const value = values.get(key) ?? make();
  values.delete(key);
  values.set(key, value);
  const oldest = values.keys().next();
  if (values.size > capacity && oldest.done !== true) values.delete(oldest.value);
  return value;
}
