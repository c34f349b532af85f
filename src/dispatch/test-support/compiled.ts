import { Ids, SeededRandom } from '#base';
import type { ContainerDefinition, TaskDefinition, TaskSpec } from '#model';
import type { PayloadContainer, PayloadTask, RoleCredentials } from '#wire/link';
import { compileTask, type PayloadFacts } from '../compile-task.ts';
import { definition, placedTask } from './records.ts';

export const executionRoleCredentials: RoleCredentials = {
  credentialsId: 'c',
  roleArn: 'arn:aws:iam::111122223333:role/exec',
  accessKeyId: 'ASIA',
  secretAccessKey: 's',
  sessionToken: 't',
  expiration: '2027-01-15T14:00:00Z',
};

/** The payload of a task of the definition, handed over to run. */
export function compiled(
  of: Partial<TaskDefinition> = {},
  spec: Partial<TaskSpec> = {},
  facts: Partial<PayloadFacts> = {},
): PayloadTask {
  const full = definition(of);
  const task = placedTask(full, new Ids(new SeededRandom(1)), { spec });
  return compileTask(task, full, { order: 'RUNNING', logDriverMode: 'blocking', ...facts });
}

/** Its only container, with what Docker is told read back. */
export function container(of: ContainerDefinition, spec: Partial<TaskSpec> = {}, mode: Partial<TaskDefinition> = {}) {
  const [first] = compiled({ containerDefinitions: [{ name: 'app', image: 'nginx:1', ...of }], ...mode }, spec)
    .containers as [PayloadContainer];
  const config = JSON.parse(first.dockerConfig.config) as Record<string, unknown>;
  const hostConfig = JSON.parse(first.dockerConfig.hostConfig) as Record<string, unknown>;
  return { first, config, hostConfig, version: first.dockerConfig.version };
}
