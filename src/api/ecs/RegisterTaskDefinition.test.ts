import { expect, test } from 'vitest';
import { DeleteTaskDefinitions } from './DeleteTaskDefinitions.ts';
import { DeregisterTaskDefinition } from './DeregisterTaskDefinition.ts';
import { RegisterTaskDefinition } from './RegisterTaskDefinition.ts';
import { container, definition, fargate } from './task-definition/cases/case.ts';
import { TestApi } from './task-definition/test-support.ts';

interface Registered {
  readonly taskDefinition: { readonly revision: number; readonly taskDefinitionArn: string };
  readonly tags?: unknown;
}

test('the whole answer, as ECS gives it', async () => {
  await using api = await TestApi.open();
  const answer = await api.call(RegisterTaskDefinition, fargate({ runtimePlatform: { cpuArchitecture: 'ARM64' } }));
  const expected = {
    taskDefinition: {
      taskDefinitionArn: 'arn:aws:ecs:us-east-1:000000000000:task-definition/web:1',
      containerDefinitions: [
        {
          name: 'app',
          image: 'nginx:1.27',
          cpu: 0,
          memory: 128,
          portMappings: [],
          essential: true,
          environment: [],
          mountPoints: [],
          volumesFrom: [],
          systemControls: [],
        },
      ],
      family: 'web',
      networkMode: 'awsvpc',
      revision: 1,
      volumes: [],
      status: 'ACTIVE',
      requiresAttributes: [
        { name: 'ecs.capability.task-eni' },
        { name: 'com.amazonaws.ecs.capability.docker-remote-api.1.18' },
      ],
      placementConstraints: [],
      compatibilities: ['EC2', 'FARGATE', 'MANAGED_INSTANCES'],
      runtimePlatform: { cpuArchitecture: 'ARM64' },
      requiresCompatibilities: ['FARGATE'],
      cpu: '256',
      memory: '512',
      registeredAt: 1_700_000_000,
      registeredBy: 'arn:aws:iam::000000000000:root',
    },
  };
  expect(JSON.stringify(answer)).toBe(JSON.stringify(expected));
});

test('each registration is a revision of its own, and no number comes back', async () => {
  await using api = await TestApi.open();
  const register = async () =>
    (await api.call<Registered>(RegisterTaskDefinition, definition())).taskDefinition.revision;
  expect([await register(), await register()]).toEqual([1, 2]);
  await api.call(DeregisterTaskDefinition, { taskDefinition: 'web:2' });
  await api.call(DeleteTaskDefinitions, { taskDefinitions: ['web:2'] });
  await api.store.update('reaper', (tx) => {
    tx.taskDefinitions.delete('arn:aws:ecs:us-east-1:000000000000:task-definition/web:2');
  });
  expect(await register()).toBe(3);
});

test('families of other accounts and regions have numbers of their own', async () => {
  await using api = await TestApi.open();
  await api.call(RegisterTaskDefinition, definition());
  for (const scope of [{ accountId: '111111111111' }, { region: 'eu-west-1' }]) {
    const { taskDefinition } = await api.as(scope).call<Registered>(RegisterTaskDefinition, definition());
    expect(taskDefinition.revision).toBe(1);
  }
});

test('tags come back beside the definition', async () => {
  await using api = await TestApi.open();
  const tags = [{ key: 'team', value: 'web' }];
  const answer = await api.call<Registered>(RegisterTaskDefinition, definition({ tags }));
  expect(answer.tags).toEqual(tags);
  expect(answer.taskDefinition).not.toHaveProperty('tags');
});

test.each([
  [definition({ tags: [] }), 'ClientException', 'Tags can not be empty.'],
  [definition({ containerDefinitions: [] }), 'ClientException', 'Container list cannot be empty'],
])('what is refused leaves nothing behind', async (input, code, message) => {
  await using api = await TestApi.open();
  await expect(api.call(RegisterTaskDefinition, input)).rejects.toMatchObject({ code, message });
  expect(api.store.view.taskDefinitions.size).toBe(0);
  expect(api.store.view.taskDefinitionFamilies.size).toBe(0);
});

test('a policy is asked about every revision of the family', async () => {
  await using api = await TestApi.open();
  expect(RegisterTaskDefinition.authorize(definition(), api.context())).toEqual({
    action: 'ecs:RegisterTaskDefinition',
    resource: 'arn:aws:ecs:us-east-1:000000000000:task-definition/web:*',
  });
});

test('what is stored is plain data whatever was given', async () => {
  await using api = await TestApi.open();
  const full = definition({
    volumes: [{ name: 'v', dockerVolumeConfiguration: { driverOpts: { a: 'b' } } }],
    containerDefinitions: [
      container({
        mountPoints: [{ sourceVolume: 'v', containerPath: '/v', readOnly: true }],
        linuxParameters: { capabilities: { drop: ['ALL'] } },
        dockerLabels: { a: 'b' },
        healthCheck: { command: ['CMD', 'true'] },
        portMappings: [{ containerPort: 80, name: 'http', appProtocol: 'http' }],
      }),
    ],
  });
  await expect(api.call(RegisterTaskDefinition, full)).resolves.toMatchObject({ taskDefinition: { revision: 1 } });
});
