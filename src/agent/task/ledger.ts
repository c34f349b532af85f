import type { PayloadTask } from '#wire/link';
import type { EngineTask } from './state.ts';

/** What tasks take from the host. CPU units (1024 a core), MiB, and what only one task can have. */
export interface TaskNeeds {
  readonly cpuUnits: number;
  readonly memoryMiB: number;
  /** Static host ports and GPUs: `tcp/80`, `udp/53`, `gpu/GPU-1`. */
  readonly claims: readonly string[];
}

export interface HostCapacity {
  readonly cpuUnits: number;
  readonly memoryMiB: number;
  readonly gpuIds?: readonly string[];
}

/** What a task is charged: its own size, or the sum over its containers (a memory reservation before the limit). */
export function needsOf(payload: PayloadTask): TaskNeeds {
  const claims = gpuIdsOf(payload).map((id) => `gpu/${id}`);
  let cpuUnits = 0;
  let memoryMiB = 0;
  for (const container of payload.containers) {
    cpuUnits += container.cpu;
    memoryMiB += reservationMiB(container.dockerConfig.hostConfig) ?? container.memory;
    if (payload.networkMode !== 'bridge' && payload.networkMode !== 'host') continue;
    for (const { containerPort, hostPort, protocol } of container.portMappings) {
      const port = payload.networkMode === 'host' ? containerPort : hostPort;
      if (port !== undefined && port !== 0) claims.push(`${protocol}/${port}`);
    }
  }
  return {
    cpuUnits: payload.cpu === undefined ? cpuUnits : Math.round(payload.cpu * 1024),
    memoryMiB: payload.memory ?? memoryMiB,
    claims,
  };
}

/** The GPUs of a task, or of one of its containers. */
export function gpuIdsOf({ associations = [] }: PayloadTask, container?: string): readonly string[] {
  return associations
    .filter(({ type, containers }) => type === 'gpu' && (container === undefined || containers.includes(container)))
    .map(({ name }) => name);
}

function reservationMiB(hostConfig: string): number | undefined {
  const { MemoryReservation } = JSON.parse(hostConfig === '' ? '{}' : hostConfig) as { MemoryReservation?: number };
  return MemoryReservation === undefined || MemoryReservation === 0 ? undefined : MemoryReservation / 1024 ** 2;
}

/** Why a task can never run on its host; `undefined` when it can. */
export function misfit(payload: PayloadTask, { cpuUnits, memoryMiB, gpuIds = [] }: HostCapacity): string | undefined {
  const needs = needsOf(payload);
  if (needs.cpuUnits > cpuUnits || needs.memoryMiB > memoryMiB) return 'the task is larger than its host';
  const absent = gpuIdsOf(payload).find((id) => !gpuIds.includes(id));
  return absent === undefined ? undefined : `the task is to have the GPU ${absent}, which its host does not`;
}

/**
 * Which waiting tasks may start now, in the order they came: the first that does not fit keeps those behind it
 * waiting, so that a large task is not overtaken for ever.
 */
export function admissible(tasks: Iterable<EngineTask>, capacity: HostCapacity): readonly EngineTask[] {
  let cpuUnits = capacity.cpuUnits;
  let memoryMiB = capacity.memoryMiB;
  const claimed = new Set<string>();
  const waiting: EngineTask[] = [];
  const take = (needs: TaskNeeds): void => {
    cpuUnits -= needs.cpuUnits;
    memoryMiB -= needs.memoryMiB;
    for (const claim of needs.claims) claimed.add(claim);
  };
  for (const task of tasks) {
    if (task.reached === 'STOPPED') continue;
    if (task.admitted) take(needsOf(task.payload));
    else if (task.desired === 'RUNNING') waiting.push(task);
  }
  const admitted: EngineTask[] = [];
  for (const task of waiting) {
    const needs = needsOf(task.payload);
    const fits =
      needs.cpuUnits <= cpuUnits && needs.memoryMiB <= memoryMiB && !needs.claims.some((claim) => claimed.has(claim));
    if (!fits) break;
    take(needs);
    admitted.push(task);
  }
  return admitted;
}
