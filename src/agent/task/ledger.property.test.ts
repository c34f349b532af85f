import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Ids, SeededRandom } from '#base';
import { payloadTask } from '../testing.ts';
import { admissible, needsOf } from './ledger.ts';
import { parseTask } from './parse.ts';
import type { EngineTask } from './state.ts';

const size = fc.record({
  cpu: fc.integer({ min: 0, max: 1024 }),
  memory: fc.integer({ min: 4, max: 1024 }),
  hostPort: fc.integer({ min: 0, max: 4 }),
  admitted: fc.boolean(),
});

function tasksOf(sizes: readonly (typeof size extends fc.Arbitrary<infer T> ? T : never)[]): EngineTask[] {
  const ids = new Ids(new SeededRandom(1));
  return sizes.map(({ cpu, memory, hostPort, admitted }) => {
    const portMappings = [{ containerPort: 80, hostPort, protocol: 'tcp' as const }];
    const parsed = parseTask(payloadTask(ids, { cpu, memory, portMappings }), ids);
    if (!parsed.ok) throw new Error(parsed.reason);
    return { ...parsed.task, admitted };
  });
}

test('what is admitted never exceeds the host, never shares a port, and overtakes nobody', () => {
  fc.assert(
    fc.property(fc.array(size, { maxLength: 12 }), (sizes) => {
      const capacity = { cpuUnits: 2048, memoryMiB: 2048 };
      const tasks = tasksOf(sizes);
      const admitted = admissible(tasks, capacity);
      const waiting = tasks.filter((task) => !task.admitted);
      expect(admitted).toEqual(waiting.slice(0, admitted.length));
      if (admitted.length === 0) return;
      const after = [...tasks.filter((task) => task.admitted), ...admitted].map(({ payload }) => needsOf(payload));
      expect(after.reduce((sum, { cpuUnits }) => sum + cpuUnits, 0)).toBeLessThanOrEqual(2048);
      expect(after.reduce((sum, { memoryMiB }) => sum + memoryMiB, 0)).toBeLessThanOrEqual(2048);
      const fresh = admitted.flatMap(({ payload }) => needsOf(payload).claims);
      expect(new Set(fresh).size).toBe(fresh.length);
    }),
  );
});
