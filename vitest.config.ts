import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { LaneSequencer } from './test/support/lane-sequencer.ts';

/** Tests that compare the machine's state before and after. */
const alone = ['test/e2e/cli/demo.test.ts', 'test/e2e/churn.test.ts'];

/** Tests whose tasks have addresses of their own in this machine's network: one file of these at a time. */
const network = [
  'test/e2e/{ec2,engine-restart,environment,exec,fargate-volumes,in-task-endpoints}.test.ts',
  'test/e2e/{logs,names,service-connect,services,warm-sandboxes}.test.ts',
  'test/e2e/balancing/{code-deploy,express,paths,services}.test.ts',
  'test/e2e/definition/{ephemeral-storage,sharing}.test.ts',
  'test/e2e/firelens/*.test.ts',
];

const patient = { testTimeout: 180_000, hookTimeout: 300_000 };

/** End-to-end tests mostly wait: one for the network, two beside it, and real containers still have the machine. */
const lanes = { maxWorkers: 3, sequence: { groupOrder: 1 } };

export default defineConfig({
  test: {
    sequence: { sequencer: LaneSequencer },
    projects: [
      {
        test: {
          name: 'unit',
          include: [
            'src/**/*.test.ts',
            'tools/**/*.test.ts',
            'test/{simulation,conformance,history,churn}/**/*.test.ts',
          ],
          testTimeout: 60_000,
          // Vitest leaves one core to itself, which is half of a small machine.
          maxWorkers: availableParallelism(),
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          exclude: [...alone, ...network],
          ...patient,
          ...lanes,
        },
      },
      {
        test: {
          name: 'e2e-network',
          include: network,
          ...patient,
          setupFiles: ['test/support/network-lock.ts'],
          ...lanes,
        },
      },
      {
        test: {
          name: 'e2e-alone',
          include: alone,
          ...patient,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
