import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fargateDefinition } from '../../support/definitions.ts';
import {
  type Answer,
  ensureTestImage,
  type Installation,
  newInstallation,
  testImage,
} from '../../support/installation.ts';
import { makeNodeImage, nodeImage, removeNodeImage } from '../../support/node-image.ts';
import { printedRecords, sendsByPort } from './routers.ts';

let installation: Installation;
beforeAll(async () => {
  await ensureTestImage();
  await makeNodeImage([
    'package.json',
    'test/support/msgpack.ts',
    'test/e2e/firelens/router.ts',
    'test/e2e/firelens/settings.ts',
  ]);
  installation = await newInstallation();
  await installation.up();
  await installation.call('CreateCluster', { clusterName: 'yard' });
});
afterAll(async () => {
  await installation?.[Symbol.asyncDispose]();
  await removeNodeImage();
});

test('a service on Fargate sends its output through a router in each task, which knows no instance', async () => {
  const { subnets } = await installation.call('DescribeNetwork', {}, 'roadstead');
  const [router, web] = [
    {
      name: 'log_router',
      image: nodeImage,
      command: ['node', '/app/test/e2e/firelens/router.ts'],
      firelensConfiguration: { type: 'fluentd', options: { 'enable-ecs-log-metadata': 'true' } },
    },
    {
      name: 'web',
      image: testImage,
      stopTimeout: 2,
      command: ['sh', '-c', `echo at work; ${sendsByPort('by port')}; exec sleep 3600`],
      logConfiguration: { logDriver: 'awsfirelens', options: { '@type': 'stdout' } },
    },
  ];
  const definition = { ...fargateDefinition('web'), containerDefinitions: [web, router] };
  const { taskDefinition } = await installation.call('RegisterTaskDefinition', definition);
  expect(taskDefinition.requiresAttributes.map(({ name }: Answer) => name)).toEqual(
    expect.arrayContaining([
      'com.amazonaws.ecs.capability.logging-driver.awsfirelens',
      'ecs.capability.firelens.fluentd',
    ]),
  );
  await installation.call('CreateService', {
    cluster: 'yard',
    serviceName: 'web',
    taskDefinition: 'web',
    desiredCount: 2,
    launchType: 'FARGATE',
    networkConfiguration: { awsvpcConfiguration: { subnets: [subnets[0].subnetId] } },
  });
  const tasks: readonly Answer[] = await installation.until('two tasks run', async () => {
    const { taskArns } = await installation.call('ListTasks', { cluster: 'yard', serviceName: 'web' });
    if (taskArns.length < 2) return undefined;
    const described = await installation.call('DescribeTasks', { cluster: 'yard', tasks: taskArns });
    return described.tasks.every(({ lastStatus }: Answer) => lastStatus === 'RUNNING') && described.tasks;
  });
  for (const { taskArn, containers } of tasks) {
    const { runtimeId } = containers.find(({ name }: Answer) => name === 'log_router');
    const records = await installation.until('both lines came', async () => {
      const found = printedRecords(execFileSync('docker', ['logs', runtimeId], { encoding: 'utf8' }));
      return found.length >= 2 && found;
    });
    const tag = `web-firelens-${taskArn.slice(taskArn.lastIndexOf('/') + 1)}`;
    expect(records.map((each) => `${each.tag} ${each.record.log}`).sort()).toEqual(
      [`${tag} at work`, 'web-firelens-own by port'].sort(),
    );
    for (const { record } of records) {
      expect(record).toMatchObject({ ecs_cluster: 'yard', ecs_task_arn: taskArn, ecs_task_definition: 'web:1' });
      expect(record).not.toHaveProperty('ec2_instance_id');
    }
  }
  await installation.call('DeleteService', { cluster: 'yard', service: 'web', force: true });
});
