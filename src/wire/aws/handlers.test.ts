import type * as ecs from '@aws-sdk/client-ecs';
import { describe, expectTypeOf, test } from 'vitest';
import type { Instant } from '#base';
import type { InputOf, JsonValue, OperationName, OutputOf } from './handlers.ts';

type Ecs = typeof ecs;

describe('handler types', () => {
  test('operation names are the commands of the client', () => {
    expectTypeOf<'RunTask'>().toExtend<OperationName<Ecs>>();
    expectTypeOf<'DescribeTasks'>().toExtend<OperationName<Ecs>>();
    expectTypeOf<'$'>().not.toExtend<OperationName<Ecs>>();
    expectTypeOf<'NoSuchOperation'>().not.toExtend<OperationName<Ecs>>();
  });

  test('a required member of an input is there, at every depth', () => {
    type Input = InputOf<Ecs, 'RegisterTaskDefinition'>;
    expectTypeOf<Input['family']>().toEqualTypeOf<string>();
    expectTypeOf<Input['taskRoleArn']>().toEqualTypeOf<string | undefined>();
    type Container = Input['containerDefinitions'][number];
    type Secret = NonNullable<Container['secrets']>[number];
    expectTypeOf<Secret['valueFrom']>().toEqualTypeOf<string>();
    expectTypeOf<NonNullable<Container['dockerLabels']>[string]>().toEqualTypeOf<string>();
  });

  test('timestamps are instants in inputs and numbers or Dates in outputs', () => {
    type Input = InputOf<Ecs, 'SubmitTaskStateChange'>;
    expectTypeOf<Input['pullStartedAt']>().toEqualTypeOf<Instant | undefined>();
    const output: OutputOf<Ecs, 'DescribeTasks'> = {
      tasks: [{ createdAt: 1.5, startedAt: new Date(0), containers: [] as const }],
      failures: [],
    };
    expectTypeOf(output).not.toBeAny();
    // @ts-expect-error a wrong kind
    const wrong: OutputOf<Ecs, 'DescribeTasks'> = { tasks: [{ taskArn: 5 }] };
    expectTypeOf(wrong).not.toBeAny();
    // @ts-expect-error an unknown enum value
    const unknownEnum: OutputOf<Ecs, 'DescribeTasks'> = { tasks: [{ launchType: 'MOON' }] };
    expectTypeOf(unknownEnum).not.toBeAny();
  });

  test('documents are JSON', () => {
    type Service = NonNullable<InputOf<Ecs, 'CreateService'>['deploymentConfiguration']>;
    type Hook = NonNullable<Service['lifecycleHooks']>[number];
    expectTypeOf<Hook['hookDetails']>().toEqualTypeOf<JsonValue | undefined>();
  });
});
