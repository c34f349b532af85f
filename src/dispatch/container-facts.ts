import type { Task, TaskDefinition } from '#model';

/** What a container's payload depends on beside its definition. */
export interface ContainerFacts {
  readonly task: Task;
  readonly definition: TaskDefinition;
  readonly hasExecutionRole: boolean;
  /** The account's, for log drivers whose definition does not say. */
  readonly logDriverMode: string;
  /** Where awslogs writes to unless the definition says it. */
  readonly logsEndpoint?: string;
}
