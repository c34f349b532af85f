import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SystemBlockVolumes } from '../../../src/agent/storage/system-block-volumes.ts';
import { type Answer, endProcess } from '../../support/installation.ts';
import { DefinitionWorld, shell, told } from './world.ts';

let world: DefinitionWorld;
let agent: number;
beforeAll(async () => {
  world = await DefinitionWorld.start();
  agent = world.agentPid;
});
afterAll(async () => {
  await world?.[Symbol.asyncDispose]();
});

/** Those that this machine can make. */
const filesystems = ['ext3', 'ext4', 'xfs'].filter((name) => shell(`command -v mkfs.${name} || true`) !== '');
const roleArn = 'arn:aws:iam::000000000000:role/ecsInfrastructureRole';
const sh = (script: string): { command: string[] } => ({ command: ['sh', '-c', script] });
const definition = { volumes: [{ name: 'disk', configuredAtLaunch: true }] };
const app = (script: string): object => ({
  name: 'app',
  ...sh(script),
  mountPoints: [{ sourceVolume: 'disk', containerPath: '/disk' }],
});
const disk = (managedEBSVolume: object): object => ({
  volumeConfigurations: [{ name: 'disk', managedEBSVolume: { roleArn, filesystemType: 'ext4', ...managedEBSVolume } }],
});

/** The task's volume as DescribeTasks shows it, its details by their names. */
async function volumeOf(taskArn: string): Promise<Record<string, string>> {
  const { attachments } = await world.task(taskArn);
  const volume = attachments.find(({ type }: Answer) => type === 'AmazonElasticBlockStorage');
  const details = volume.details.map(({ name, value }: Answer) => [name, value]);
  return { ...Object.fromEntries(details), status: volume.status };
}

const folder = (): string => `${world.installation.dataDir}-ec2/agent/volumes`;
const there = (volumeId = ''): boolean => existsSync(`${folder()}/${volumeId}`);
const mounted = (volumeId = ''): boolean => shell(`grep -c ${volumeId} /proc/mounts || true`) !== '0';
const loops = (volumeId = ''): string => shell(`losetup -a | grep -c ${volumeId} || true`);

async function cli(...args: string[]): Promise<Answer> {
  const { code, stdout, stderr } = await world.installation.roadsteadOf('ec2', 'volume', ...args, '--json');
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

test('what a volume holds is read from its file system', async () => {
  const directory = mkdtempSync(`${tmpdir()}/roadstead-volumes-`);
  const volumes = new SystemBlockVolumes({ volumes: directory, snapshots: directory, backend: 'loop' });
  const volumeId = 'vol-0123456789abcdef0';
  const held = { volumeId, taskArn: 'arn:task', volumeName: 'disk', filesystemType: 'ext4' };
  const path = await volumes.attach({ ...held, sizeGiB: 1, deleteOnTermination: true });
  try {
    const before = await volumes.usage(volumeId);
    shell(`dd if=/dev/zero of=${path}/cargo bs=1M count=50 conv=fsync`);
    const after = await volumes.usage(volumeId);
    expect(before?.sizeBytes).toBeGreaterThan(0.9 * 1024 ** 3);
    expect((after?.usedBytes ?? 0) - (before?.usedBytes ?? 0)).toBeGreaterThanOrEqual(50 * 1024 ** 2);
  } finally {
    await volumes.detach(volumeId);
    expect(await volumes.usage(volumeId)).toBeUndefined();
    rmSync(directory, { recursive: true });
  }
});

describe('configuredAtLaunch', () => {
  test('a volume of its size, which is the limit; over with its task, and nothing is left', async () => {
    const script = told({
      type: "grep ' /disk ' /proc/mounts",
      size: 'df -k /disk | tail -n 1',
      full: 'dd if=/dev/zero of=/disk/x bs=1M count=1100',
    });
    const taskArn = await world.run(definition, [app(script)], disk({ sizeInGiB: 1 }));
    const facts = await world.facts(taskArn, 'app');
    expect(facts['type']).toMatch(/^\/dev\/loop\d+ \/disk ext4 rw,nodev/);
    expect(Number(facts['size']?.split(/\s+/)[1])).toBeLessThanOrEqual(1024 ** 2);
    expect(Number(facts['size']?.split(/\s+/)[1])).toBeGreaterThan(0.9 * 1024 ** 2);
    expect(facts['full']).toContain('No space left on device');
    await world.reaches(taskArn, 'RUNNING');
    const { volumeId, ...shown } = await volumeOf(taskArn);
    expect(shown).toEqual({ status: 'ATTACHED', roleArn, volumeName: 'disk', deleteOnTermination: 'true' });
    expect(volumeId).toMatch(/^vol-[0-9a-f]{17}$/);
    expect([there(volumeId), mounted(volumeId), loops(volumeId)]).toEqual([true, true, '1']);
    await world.stop(taskArn);
    expect(await volumeOf(taskArn)).toMatchObject({ status: 'DELETED', volumeId });
    expect([there(volumeId), mounted(volumeId), loops(volumeId)]).toEqual([false, false, '0']);
  });

  test('without a file system named: one that the host can make', async () => {
    const taskArn = await world.run(definition, [app(told({ type: "grep ' /disk ' /proc/mounts" }))], {
      volumeConfigurations: [{ name: 'disk', managedEBSVolume: { roleArn, sizeInGiB: 1 } }],
    });
    const wanted = filesystems.includes('xfs') ? 'xfs' : 'ext4';
    expect((await world.facts(taskArn, 'app'))['type']).toMatch(new RegExp(`^/dev/loop\\d+ /disk ${wanted} rw`));
    await world.stop(taskArn);
  });

  test.each(filesystems)(
    'left by its task, a snapshot of it is what another begins with, larger: %s',
    async (filesystemType) => {
      const keep = { terminationPolicy: { deleteOnTermination: false } };
      const writes = await world.run(
        definition,
        [app('echo tea > /disk/cargo')],
        disk({ sizeInGiB: 1, filesystemType, ...keep }),
      );
      await world.reaches(writes, 'STOPPED');
      const { status, volumeId = '', deleteOnTermination } = await volumeOf(writes);
      expect({ status, deleteOnTermination }).toEqual({ status: 'DETACHED', deleteOnTermination: 'false' });
      expect([there(volumeId), mounted(volumeId), loops(volumeId)]).toEqual([true, false, '0']);
      const { snapshotId } = await cli('snapshot', volumeId);
      const script = told({ cargo: 'cat /disk/cargo', size: 'df -k /disk | tail -n 1' });
      const reads = await world.run(definition, [app(script)], disk({ snapshotId, filesystemType, sizeInGiB: 2 }));
      const facts = await world.facts(reads, 'app');
      expect(facts['cargo']).toBe('tea');
      expect(Number(facts['size']?.split(/\s+/)[1])).toBeGreaterThan(1.8 * 1024 ** 2);
      // A snapshot of a volume that is written to: the task goes on.
      const { volumeId: second = '' } = await volumeOf(reads);
      const live = await cli('snapshot', second);
      expect(live).toMatchObject({ volumeId: second, sizeGiB: 2, filesystemType });
      expect(
        shell(`docker exec ${await world.runtimeId(reads, 'app')} sh -c 'echo more > /disk/more; cat /disk/more'`),
      ).toBe('more');
      await expect(cli('delete', second)).rejects.toThrow('is in use by');
      await world.stop(reads);
      await cli('delete', volumeId);
      await cli('delete', snapshotId);
      await cli('delete', live.snapshotId);
      expect((await cli('list')).volumes).toEqual([]);
      expect((await cli('list', '--snapshots')).snapshots).toEqual([]);
    },
  );

  test('one that cannot be made says why, and the task does not start', async () => {
    const snapshotId = 'snap-00000000000000000';
    const taskArn = await world.run(definition, [app('true')], disk({ snapshotId }));
    const { stopCode, stoppedReason } = await world.reaches(taskArn, 'STOPPED');
    expect({ stopCode, stoppedReason }).toEqual({
      stopCode: 'TaskFailedToStart',
      stoppedReason: expect.stringMatching(
        /^ECS failed to set up the EBS volume\. vol-[0-9a-f]{17}: InvalidSnapshot\.NotFound: /,
      ),
    });
    expect(await volumeOf(taskArn)).toMatchObject({ status: 'FAILED', statusReason: stoppedReason });
    expect(readdirSync(folder())).toEqual([]);
  });

  test('the agent is killed: the volume and its container stay, and go with the task', async () => {
    const taskArn = await world.run(definition, [app('echo tea > /disk/cargo; sleep 3600')], disk({ sizeInGiB: 1 }));
    await world.reaches(taskArn, 'RUNNING');
    const { volumeId } = await volumeOf(taskArn);
    await endProcess(agent, 'SIGKILL');
    expect(mounted(volumeId)).toBe(true);
    agent = await world.installation.startAgent('yard');
    await world.installation.until('the agent is back', async () => {
      const { containerInstances } = await world.installation.call('DescribeContainerInstances', {
        cluster: 'yard',
        containerInstances: (await world.installation.call('ListContainerInstances', { cluster: 'yard' }))
          .containerInstanceArns,
      });
      return containerInstances[0].agentConnected === true;
    });
    expect(shell(`docker exec ${await world.runtimeId(taskArn, 'app')} cat /disk/cargo`)).toBe('tea');
    expect((await volumeOf(taskArn)).status).toBe('ATTACHED');
    await world.stop(taskArn);
    expect([there(volumeId), mounted(volumeId), loops(volumeId)]).toEqual([false, false, '0']);
  });

  test('a service: a volume for each task, all of them deleted', async () => {
    const { call } = { call: world.installation.call.bind(world.installation) };
    await call('RegisterTaskDefinition', {
      family: 'shelf',
      ...definition,
      containerDefinitions: [
        { image: 'localhost/roadstead/busybox:test', memory: 32, stopTimeout: 2, ...app('sleep 3600') },
      ],
    });
    const { service } = await call('CreateService', {
      cluster: 'yard',
      serviceName: 'shelf',
      taskDefinition: 'shelf',
      desiredCount: 2,
      ...disk({ sizeInGiB: 1, volumeType: 'gp3', iops: 3000 }),
    });
    expect(service.deployments[0].volumeConfigurations).toEqual([
      {
        name: 'disk',
        managedEBSVolume: { roleArn, filesystemType: 'ext4', sizeInGiB: 1, volumeType: 'gp3', iops: 3000 },
      },
    ]);
    const running = await world.installation.until('two tasks run', async () => {
      const { taskArns } = await call('ListTasks', { cluster: 'yard', serviceName: 'shelf' });
      if (taskArns.length !== 2) return undefined;
      const { tasks } = await call('DescribeTasks', { cluster: 'yard', tasks: taskArns });
      return tasks.every(({ lastStatus }: Answer) => lastStatus === 'RUNNING') && taskArns;
    });
    const ids = await Promise.all(running.map(async (each: string) => (await volumeOf(each))['volumeId']));
    expect(new Set(ids).size).toBe(2);
    expect(new Set(readdirSync(folder()))).toEqual(new Set(ids));
    await call('DeleteService', { cluster: 'yard', service: 'shelf', force: true });
    await world.installation.until('nothing is left', async () => readdirSync(folder()).length === 0);
    for (const id of ids) expect([mounted(id), loops(id)]).toEqual([false, '0']);
  });

  test('clean-up of the host takes a running task and its volume', async () => {
    const taskArn = await world.run(definition, [app('sleep 3600')], disk({ sizeInGiB: 1 }));
    await world.reaches(taskArn, 'RUNNING');
    const { volumeId } = await volumeOf(taskArn);
    await endProcess(agent);
    const { code, stderr } = await world.installation.roadsteadOf('ec2', 'down', '--tasks');
    expect([code, stderr.includes('could not')]).toEqual([0, false]);
    expect([there(volumeId), mounted(volumeId), loops(volumeId)]).toEqual([false, false, '0']);
  });
});
