import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fargateDefinition } from '../support/definitions.ts';
import { type Answer, type Installation, startedInstallation, testImage } from '../support/installation.ts';

let installation: Installation;
beforeAll(async () => {
  installation = await startedInstallation();
});
afterAll(async () => {
  await installation?.[Symbol.asyncDispose]();
});

test('a Fargate task has an EFS volume and a managed EBS volume, which the aws CLI shows', async () => {
  const { stdout } = await installation.roadstead('file-system', 'create', '--json');
  const { fileSystemId } = JSON.parse(stdout);
  await installation.call('CreateCluster', { clusterName: 'c' });
  const mountPoints = ['shared', 'disk'].map((sourceVolume) => ({ sourceVolume, containerPath: `/${sourceVolume}` }));
  const command = ['sh', '-c', 'cp /proc/mounts /shared/mounts; echo tea > /disk/cargo; sleep 3600'];
  await installation.call('RegisterTaskDefinition', {
    ...fargateDefinition('hold', { image: testImage, command, mountPoints, stopTimeout: 2 }),
    volumes: [
      { name: 'shared', efsVolumeConfiguration: { fileSystemId, transitEncryption: 'ENABLED' } },
      { name: 'disk', configuredAtLaunch: true },
    ],
  });
  const { subnets } = await installation.call('DescribeNetwork', {}, 'roadstead');
  const managedEBSVolume = { roleArn: 'arn:aws:iam::000000000000:role/ebs', sizeInGiB: 1, filesystemType: 'ext4' };
  // Not by the aws CLI: Debian 12's does not know volume configurations.
  const { tasks } = await installation.call('RunTask', {
    cluster: 'c',
    taskDefinition: 'hold',
    launchType: 'FARGATE',
    networkConfiguration: { awsvpcConfiguration: { subnets: [subnets[0].subnetId] } },
    volumeConfigurations: [{ name: 'disk', managedEBSVolume }],
  });
  const { taskArn, attachments } = tasks[0];
  const ebs = attachments.find(({ type }: Answer) => type === 'AmazonElasticBlockStorage');
  expect(ebs).toMatchObject({ status: 'CREATED' });
  expect(ebs.details.map(({ name }: Answer) => name)).toEqual(['roleArn', 'volumeName', 'deleteOnTermination']);
  const described = async (): Promise<Answer> =>
    (await installation.aws('ecs', 'describe-tasks', '--cluster', 'c', '--tasks', taskArn)).tasks[0];
  const files = `${installation.dataDir}/file-systems/${fileSystemId}/data`;
  const running = await installation.until('it runs and has written', async () => {
    const task = await described();
    return task.lastStatus === 'RUNNING' && existsSync(`${files}/mounts`) && task;
  });
  const statuses = running.attachments.map(({ type, status }: Answer) => [type, status]);
  expect(Object.fromEntries(statuses)).toEqual({
    ElasticNetworkInterface: 'ATTACHED',
    AmazonElasticBlockStorage: 'ATTACHED',
  });
  const mounts = await installation.until('the mounts are written', async () =>
    readFileSync(`${files}/mounts`, 'utf8'),
  );
  expect(mounts).toMatch(/^\S+ \/shared /m);
  expect(mounts).toMatch(/^\/dev\/loop\d+ \/disk ext4 /m);
  await installation.aws('ecs', 'stop-task', '--cluster', 'c', '--task', taskArn);
  const stopped = await installation.until('it has stopped', async () => {
    const task = await described();
    return task.lastStatus === 'STOPPED' && task;
  });
  expect(stopped.attachments.map(({ status }: Answer) => status)).toEqual(['DELETED', 'DELETED']);
  expect(readdirSync(`${installation.dataDir}/agent/volumes`)).toEqual([]);
  expect(readdirSync(`${installation.dataDir}/agent/mounts`)).toEqual([]);
});
