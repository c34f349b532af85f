import { assert } from './assert.ts';

/**
 * Metrics as a port: parts count, `main/` decides what is kept and where it is shown. The text is Prometheus's
 * exposition format 0.0.4.
 */

/** Goes up only. */
export class Counter {
  value = 0;

  add(by = 1): void {
    this.value += by;
  }
}

/** Counts observations by size. */
export class Histogram {
  /** Upper bounds of the buckets, ascending; one more bucket takes what is above. */
  readonly bounds: readonly number[];
  /** Observations of each bucket alone, not cumulated. */
  readonly counts: Float64Array;
  count = 0;
  sum = 0;

  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.counts = new Float64Array(bounds.length + 1);
  }

  observe(value: number): void {
    let bucket = 0;
    while (bucket < this.bounds.length && value > (this.bounds[bucket] ?? 0)) bucket++;
    this.counts[bucket] = (this.counts[bucket] ?? 0) + 1;
    this.count += 1;
    this.sum += value;
  }
}

/** One kind of series, told apart by the values of its labels. */
export class Family<T> {
  readonly labels: readonly string[];
  readonly #make: () => T;
  readonly #members = new Map<string, readonly [values: readonly string[], member: T]>();

  constructor(labels: readonly string[], make: () => T) {
    this.labels = labels;
    this.#make = make;
  }

  /** The member with these label values, in the order of the names; made, at zero, when it is not there. */
  of(...values: readonly string[]): T {
    const key = values.join('\n');
    const known = this.#members.get(key);
    if (known !== undefined) return known[1];
    const member = this.#make();
    this.#members.set(key, [values, member]);
    return member;
  }

  members(): Iterable<readonly [values: readonly string[], member: T]> {
    return this.#members.values();
  }
}

/** Values of a family as they are at the moment. */
export type Readings = Iterable<readonly [values: readonly string[], value: number]>;

interface Registered {
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly lines: () => Iterable<string>;
}

/** Bounds for what takes microseconds to seconds; 20 ms, the longest turn that is no stall, is one of them. */
export const durationBounds = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5,
] as const;

/** The series of one process. Names are `roadstead_<part>_<noun>_<unit>`; label values are few and never secret. */
export class Metrics {
  readonly #families = new Map<string, Registered>();

  counters(name: string, help: string, labels: readonly string[] = []): Family<Counter> {
    const family = new Family(labels, () => new Counter());
    this.#register(name, help, 'counter', function* () {
      for (const [values, { value }] of family.members()) yield line(name, labels, values, value);
    });
    return family;
  }

  histograms(
    name: string,
    help: string,
    labels: readonly string[] = [],
    bounds: readonly number[] = durationBounds,
  ): Family<Histogram> {
    const family = new Family(labels, () => new Histogram(bounds));
    this.#register(name, help, 'histogram', function* () {
      for (const [values, histogram] of family.members()) yield* histogramLines(name, labels, values, histogram);
    });
    return family;
  }

  /** A counter or gauge whose values are read when the text is asked for. */
  readings(name: string, type: 'counter' | 'gauge', help: string, labels: readonly string[], read: () => Readings) {
    this.#register(name, help, type, function* () {
      for (const [values, value] of read()) yield line(name, labels, values, value);
    });
  }

  /** A counter or gauge without labels whose value is read when the text is asked for. */
  reading(name: string, type: 'counter' | 'gauge', help: string, read: () => number): void {
    this.readings(name, type, help, [], () => [[[], read()]]);
  }

  /** All series, in the order of their making. */
  text(): string {
    const lines: string[] = [];
    for (const [name, { help, type, lines: read }] of this.#families) {
      lines.push(`# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}`, `# TYPE ${name} ${type}`);
      for (const each of read()) lines.push(each);
    }
    return `${lines.join('\n')}\n`;
  }

  #register(name: string, help: string, type: Registered['type'], lines: Registered['lines']): void {
    assert(!this.#families.has(name), `the metric ${name} is made once`);
    this.#families.set(name, { help, type, lines });
  }
}

function* histogramLines(
  name: string,
  labels: readonly string[],
  values: readonly string[],
  { bounds, counts, count, sum }: Histogram,
): Iterable<string> {
  const withBound = [...labels, 'le'];
  let below = 0;
  for (const [index, bound] of bounds.entries()) {
    below += counts[index] ?? 0;
    yield line(`${name}_bucket`, withBound, [...values, String(bound)], below);
  }
  yield line(`${name}_bucket`, withBound, [...values, '+Inf'], count);
  yield line(`${name}_sum`, labels, values, sum);
  yield line(`${name}_count`, labels, values, count);
}

function line(name: string, labels: readonly string[], values: readonly string[], value: number): string {
  const pairs = labels.map((label, index) => `${label}="${escaped(values[index] ?? '')}"`);
  return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}`;
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
