import { Ids, instantFromMs, ManualClock, SeededRandom, silentLogger } from '#base';
import { type EcsEvent, newTask, placeTask, type Task } from '#model';
import { createTotals, MemoryDisk, MemoryJournal, openStore, schema } from '#store';
import { standaloneSpec } from '../../../test/support/definitions.ts';
import { scope, testClusterArn, testDefinition, testInstance } from '../../controllers/test-support/records.ts';
import { EventRecorder } from '../recorder.ts';
/** When everything happens, unless the clock is moved. */
export const at = instantFromMs(1_795_348_800_250);

/** A store in memory whose transactions are told as events. */
export async function openRecorded(kept = 1_000) {
  const clock = new ManualClock(at);
  const ids = new Ids(new SeededRandom(1));
  const totals = createTotals();
  const disk = new MemoryDisk();
  const recorder = new EventRecorder({ kept }, { clock, ids, loads: totals.instances });
  const store = await openStore(schema, {
    journal: new MemoryJournal(disk),
    logger: silentLogger,
    projections: Object.values(totals),
    consequences: recorder.record,
  });
  const seen = (): EcsEvent[] => [...store.view.events.all()];
  const put = async (task: Task): Promise<Task> => {
    await store.update('test', (tx) => tx.tasks.put(task));
    return task;
  };
  return { store, clock, ids, seen, put, disk };
}

/** A task that is placed and not yet started. */
export function someTask(ids: Ids, overrides: Partial<Task> = {}): Task {
  const spec = standaloneSpec(scope, testClusterArn, { tags: [{ key: 'secret', value: 'not told' }] });
  const host = testInstance(ids).containerInstanceArn;
  return { ...placeTask(newTask(testDefinition(1), spec, at, ids), host, 'us-east-1a'), ...overrides };
}
