import type * as client from '@aws-sdk/client-ecs';
import type { InputOf, OutputOf } from '#wire/aws';

/** The input of RegisterDaemonTaskDefinition. */
export type RegisterDaemonInput = InputOf<typeof client, 'RegisterDaemonTaskDefinition'>;

/** A daemon task definition as the API shows it. */
export type PresentedDaemonTaskDefinition = NonNullable<
  OutputOf<typeof client, 'DescribeDaemonTaskDefinition'>['daemonTaskDefinition']
>;
