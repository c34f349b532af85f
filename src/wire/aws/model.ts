import { assert } from '#base';
import { additions, enumAdditions, snapshots } from '../shapes/index.ts';
import { ShapeGraph, type StructureShape, type Traits, traitsOf } from './shape.ts';
import type {
  Additions,
  ConstraintsSnapshot,
  OperationEntry,
  ServiceFacts,
  ServiceSnapshot,
  ShapeEntry,
} from './snapshot.ts';

/** An operation of a service we have shapes for. */
export interface OperationModel {
  readonly name: string;
  /** Absent: it takes, or answers, nothing. */
  readonly input: StructureShape | undefined;
  readonly output: StructureShape | undefined;
  readonly traits: Traits;
}

/** A service we have shapes for. */
export interface ServiceModel extends ServiceFacts {
  readonly operations: ReadonlyMap<string, OperationModel>;
  /** Modelled exceptions by name. */
  readonly errors: ReadonlyMap<string, StructureShape>;
}

/** What the wire layer knows of AWS: the services with shapes, and the bare facts of the others. */
export interface Model {
  readonly services: ReadonlyMap<string, ServiceModel>;
  /** Services of AWS that requests are recognised for although nothing here serves them. */
  readonly absent: readonly ServiceFacts[];
}

/** Builds one service from its snapshot, the constraints that go with it and our additions to its structures. */
export function loadService(
  snapshot: ServiceSnapshot,
  constraints?: ConstraintsSnapshot,
  additions?: Additions,
): ServiceModel {
  const shapes = additions === undefined ? snapshot.shapes : withAdditions(snapshot.shapes, additions);
  const graph = new ShapeGraph(shapes, constraints);
  const operations = new Map<string, OperationModel>();
  for (const [name, entry] of Object.entries(snapshot.operations)) {
    operations.set(name, new LazyOperation(name, entry, graph));
  }
  const errors = new Map<string, StructureShape>();
  for (const [name, entry] of Object.entries(snapshot.shapes)) {
    if (entry.kind === 'error') errors.set(name, graph.structure(name));
  }
  return { ...snapshot.service, operations, errors };
}

/** Shapes are built when they are first asked for: of EC2's eight hundred operations few are ever called. */
class LazyOperation implements OperationModel {
  readonly name: string;
  readonly #entry: OperationEntry;
  readonly #graph: ShapeGraph;

  constructor(name: string, entry: OperationEntry, graph: ShapeGraph) {
    this.name = name;
    this.#entry = entry;
    this.#graph = graph;
  }

  get input(): StructureShape | undefined {
    return this.#entry.input === undefined ? undefined : this.#graph.structure(this.#entry.input);
  }

  get output(): StructureShape | undefined {
    return this.#entry.output === undefined ? undefined : this.#graph.structure(this.#entry.output);
  }

  get traits(): Traits {
    return traitsOf(this.#entry.traits);
  }
}

function withAdditions(shapes: ServiceSnapshot['shapes'], additions: Additions): Record<string, ShapeEntry> {
  const result: Record<string, ShapeEntry> = { ...shapes };
  for (const [name, members] of Object.entries(additions)) {
    const entry = result[name];
    if (entry !== undefined && 'members' in entry)
      result[name] = { ...entry, members: { ...entry.members, ...members } };
  }
  return result;
}

function withEnumAdditions(
  constraints: ConstraintsSnapshot | undefined,
  added: Readonly<Record<string, readonly string[]>> = {},
): ConstraintsSnapshot | undefined {
  if (constraints === undefined) return undefined;
  const enums = { ...constraints.enums };
  for (const [name, values] of Object.entries(added)) enums[name] = [...(enums[name] ?? []), ...values];
  return { ...constraints, enums };
}

/** What the committed snapshots hold, each service read when it is first needed: make it once and hand it on. */
export function loadModel(): Model {
  const services = new Map<string, ServiceModel>();
  for (const { key, load } of snapshots.served) {
    const facts = snapshots.known.find((known) => known.key === key);
    assert(facts !== undefined, `${key} is served and not known`);
    const whole = (): ServiceModel => {
      const { shapes, constraints } = load();
      return loadService(shapes, withEnumAdditions(constraints, enumAdditions[key]), additions[key]);
    };
    services.set(key, lazyService(facts, whole));
  }
  return { services, absent: snapshots.known.filter((facts) => !services.has(facts.key)) };
}

/** A service whose shapes are loaded when they are first asked for. */
function lazyService(facts: ServiceFacts, load: () => ServiceModel): ServiceModel {
  let loaded: ServiceModel | undefined;
  const whole = (): ServiceModel => {
    loaded ??= load();
    return loaded;
  };
  return {
    ...facts,
    get xmlNamespace() {
      return whole().xmlNamespace;
    },
    get queryCompatible() {
      return whole().queryCompatible;
    },
    get operations() {
      return whole().operations;
    },
    get errors() {
      return whole().errors;
    },
  };
}
