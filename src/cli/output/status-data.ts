import type * as EcsModule from '@aws-sdk/client-ecs';
import type { DescribePlatformOutput, OutputOf } from '#wire/aws';

export type DescribedService = NonNullable<OutputOf<typeof EcsModule, 'DescribeServices'>['services']>[number];

/** What `status` shows; its JSON is exactly this. */
export interface StatusData extends DescribePlatformOutput {
  readonly endpoint: string;
  readonly dataDir: string;
  readonly freeBytes: number | undefined;
  /** As DescribeServices answers, oldest cluster first. */
  readonly services: readonly DescribedService[];
  /** More services exist than are listed. */
  readonly truncated: boolean;
  readonly events: readonly StatusEvent[];
}

export interface StatusEvent {
  /** Epoch seconds. */
  readonly createdAt: number;
  readonly serviceName: string;
  readonly message: string;
}
