import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fargateDefinition } from '../../support/definitions.ts';
import { ensureTestImage, type Installation, newInstallation, testImage } from '../../support/installation.ts';
import { PrivateEngine } from '../../support/private-engine.ts';
import { shell, told } from './world.ts';

/** An engine whose containers are on a file system that can hold each to a size: what this test needs of the machine. */
const able = shell("command -v mkfs.btrfs > /dev/null && grep -c '\\bbtrfs$' /proc/filesystems || true") === '1';

const folder = mkdtempSync(join(tmpdir(), 'roadstead-btrfs-'));
let engine: PrivateEngine | undefined;
let installation: Installation | undefined;

beforeAll(async () => {
  if (!able) return;
  engine = new PrivateEngine();
  mkdirSync(engine.dataDirectory);
  // Mostly holes: nothing is written where a file is only as large as it says.
  shell(`truncate -s 60G ${folder}/disk && mkfs.btrfs -q ${folder}/disk`);
  shell(`mount -o loop ${folder}/disk ${engine.dataDirectory}`);
  engine.flags = ['--storage-driver', 'btrfs'];
  await engine.start();
  await ensureTestImage(engine.dockerHost);
  installation = await newInstallation({ DOCKER_HOST: engine.dockerHost });
  await installation.up();
});

afterAll(async () => {
  await installation?.[Symbol.asyncDispose]();
  await engine?.[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

test.skipIf(!able)('ephemeralStorage is what a container can write, where the engine can hold it to that', async () => {
  if (installation === undefined || engine === undefined) throw new Error('not set up');
  const { call } = { call: installation.call.bind(installation) };
  const script = told({ within: 'fallocate -l 19G /a && echo fits', beyond: 'fallocate -l 3G /b && echo fits' });
  await call('CreateCluster', { clusterName: 'c' });
  await call('RegisterTaskDefinition', {
    ...fargateDefinition('writer', { image: testImage, command: ['sh', '-c', script] }),
    ephemeralStorage: { sizeInGiB: 21 },
  });
  const { subnets } = await call('DescribeNetwork', {}, 'roadstead');
  const { tasks } = await call('RunTask', {
    cluster: 'c',
    taskDefinition: 'writer',
    launchType: 'FARGATE',
    networkConfiguration: { awsvpcConfiguration: { subnets: [subnets[0].subnetId] } },
  });
  const { taskArn } = tasks[0];
  const docker = `docker -H ${engine.dockerHost}`;
  const printed = await installation.until('the task has tried', async () => {
    const id = shell(
      `${docker} ps -aq --filter label=com.amazonaws.ecs.task-arn=${taskArn} --filter label=com.amazonaws.ecs.container-name=app`,
    );
    const text = id === '' ? '' : shell(`${docker} logs ${id} 2>&1`);
    return text.includes('## done') ? text : undefined;
  });
  expect(printed).toMatch(/## within\nfits/);
  expect(printed).toMatch(/## beyond\nfallocate: .*[Qq]uota exceeded/);
});
