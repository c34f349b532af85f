import type * as client from '@aws-sdk/client-ecs';
import type { InputOf, OutputOf } from '#wire/aws';

/** The checked input of RegisterTaskDefinition. */
export type RegisterInput = InputOf<typeof client, 'RegisterTaskDefinition'>;
export type ContainerInput = RegisterInput['containerDefinitions'][number];
export type VolumeInput = NonNullable<RegisterInput['volumes']>[number];

/** A task definition as the API shows it. */
export type PresentedTaskDefinition = NonNullable<OutputOf<typeof client, 'DescribeTaskDefinition'>['taskDefinition']>;
