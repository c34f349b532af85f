import { defaultQuotas } from '../../operation.ts';
import { invalidParameter } from '../errors.ts';

// Sizes as text: RegisterTaskDefinition, `cpu` and `memory`: whole CPU units or MiB, or a number of vCPU or GB.

const wholeNumber = /^\d{1,9}$/;
const vcpu = /^(\d{1,9}|\d{0,9}\.\d{1,9})\s*vcpus?$/i;
const gigabytes = /^(\d{1,9}|\d{0,9}\.\d{1,9})\s*gb$/i;

/** CPU units of `"1024"`, `"1 vCPU"` or `".5 vcpu"`; `undefined` for anything else. */
export function parseTaskCpu(text: string): number | undefined {
  return parseAmount(text, vcpu);
}

/** MiB of `"2048"`, `"2GB"` or `"0.5 GB"`; `undefined` for anything else. */
export function parseTaskMemory(text: string): number | undefined {
  return parseAmount(text, gigabytes);
}

/** Task cpu as it is stored: `"1 vCPU"` is `"1024"`. Throws InvalidParameterException. */
export function normaliseTaskCpu(text: string): string {
  const cpuUnits = parseTaskCpu(text);
  if (cpuUnits === undefined || !isTaskCpu(cpuUnits)) throw invalidParameter("Invalid 'cpu' setting for task.");
  return String(cpuUnits);
}

/** Task memory as it is stored: `"0.5 GB"` is `"512"`. Throws InvalidParameterException. */
export function normaliseTaskMemory(text: string): string {
  const memoryMiB = parseTaskMemory(text);
  if (memoryMiB === undefined || memoryMiB <= 0) throw invalidParameter("Invalid 'memory' setting for task.");
  return String(memoryMiB);
}

const minTaskCpuUnits = 128;
const maxTaskCpuUnits = 196_608;

/** RegisterTaskDefinition, cpu: 128 to 196608 CPU units (0.125 to 192 vCPU). */
export function isTaskCpu(cpuUnits: number): boolean {
  return cpuUnits >= minTaskCpuUnits && cpuUnits <= maxTaskCpuUnits;
}

function parseAmount(text: string, inLargeUnit: RegExp): number | undefined {
  const trimmed = text.trim();
  if (wholeNumber.test(trimmed)) return Number(trimmed);
  const match = inLargeUnit.exec(trimmed);
  return match?.[1] === undefined ? undefined : Math.trunc(Number(match[1]) * 1024);
}

/** A row of the Fargate task size table: the memories, in MiB, that go with one cpu value. */
interface FargateRow {
  readonly memories: readonly number[];
  readonly windows: boolean;
}

/** "Task CPU and memory" for Fargate. */
const fargateSizes: ReadonlyMap<number, FargateRow> = new Map([
  [256, { memories: [512, 1024, 2048], windows: false }],
  [512, { memories: steps(1024, 4096, 1024), windows: false }],
  [1024, { memories: steps(2048, 8192, 1024), windows: true }],
  [2048, { memories: steps(4096, 16_384, 1024), windows: true }],
  [4096, { memories: steps(8192, 30_720, 1024), windows: true }],
  [8192, { memories: steps(16_384, 61_440, 4096), windows: false }],
  [16_384, { memories: steps(32_768, 122_880, 8192), windows: false }],
  // Documented, but not accepted by every region.
  [32_768, { memories: [61_440, 122_880, 249_856], windows: false }],
]);

function steps(first: number, last: number, by: number): readonly number[] {
  return Array.from({ length: (last - first) / by + 1 }, (_, index) => first + index * by);
}

/** Whether Fargate runs tasks of this size, where no task may have more than `mostVcpus`. */
export function isFargateSize(
  cpuUnits: number,
  memoryMiB: number,
  options: { readonly windows?: boolean; readonly mostVcpus?: number } = {},
): boolean {
  const row = fargateSizes.get(cpuUnits);
  if (cpuUnits > (options.mostVcpus ?? defaultQuotas.vcpusPerFargateTask) * 1024) return false;
  return row !== undefined && row.memories.includes(memoryMiB) && (row.windows || options.windows !== true);
}

/** Every size of the table, the largest included, for tests and for documentation. */
export function fargateTaskSizes(): readonly { readonly cpuUnits: number; readonly memoryMiB: number }[] {
  return [...fargateSizes].flatMap(([cpuUnits, row]) => row.memories.map((memoryMiB) => ({ cpuUnits, memoryMiB })));
}
