import { additions, enumAdditions, snapshots } from '../shapes/index.ts';
import { ShapeGraph, type StructureShape, type Traits, traitsOf } from './shape.ts';
import type { Additions, ConstraintsSnapshot, ServiceFacts, ServiceSnapshot, ShapeEntry } from './snapshot.ts';

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
  const structure = (name: string | undefined) => (name === undefined ? undefined : graph.structure(name));
  const operations = new Map<string, OperationModel>();
  for (const [name, entry] of Object.entries(snapshot.operations)) {
    const shapes = { input: structure(entry.input), output: structure(entry.output) };
    operations.set(name, { name, ...shapes, traits: traitsOf(entry.traits) });
  }
  const errors = new Map<string, StructureShape>();
  for (const [name, entry] of Object.entries(snapshot.shapes)) {
    if (entry.kind === 'error') errors.set(name, graph.structure(name));
  }
  return { ...snapshot.service, operations, errors };
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

/** Everything the committed snapshots hold. Takes some ten milliseconds: build it once and hand it on. */
export function loadModel(): Model {
  const services = new Map<string, ServiceModel>();
  for (const { shapes, constraints } of snapshots.served) {
    const key = shapes.service.key;
    services.set(key, loadService(shapes, withEnumAdditions(constraints, enumAdditions[key]), additions[key]));
  }
  return { services, absent: snapshots.known.services.filter((facts) => !services.has(facts.key)) };
}
