import type { ContainerInput, RegisterInput } from '../input.ts';

/** A row of the decision table: a definition that is refused with exactly this text, and its neighbour that is not. */
export interface RuleCase {
  readonly rule: string;
  readonly refused: RegisterInput;
  readonly text: string;
  readonly accepted: RegisterInput;
}

export type ContainerMembers = Partial<ContainerInput>;

/** A container that is accepted everywhere. */
export function container(members: ContainerMembers = {}): ContainerInput {
  return { name: 'app', image: 'nginx:1.27', memory: 128, ...members };
}

/** A definition that is accepted, with some members other than usual. */
export function definition(members: Partial<RegisterInput> = {}): RegisterInput {
  return { family: 'web', containerDefinitions: [container()], ...members };
}

/** A definition of one container. */
export function withContainer(members: ContainerMembers, task: Partial<RegisterInput> = {}): RegisterInput {
  return definition({ containerDefinitions: [container(members)], ...task });
}

export const executionRoleArn = 'arn:aws:iam::000000000000:role/execution';
export const taskRoleArn = 'arn:aws:iam::000000000000:role/task';

/** A definition that Fargate accepts. */
export function fargate(members: Partial<RegisterInput> = {}, ofContainer: ContainerMembers = {}): RegisterInput {
  return definition({
    requiresCompatibilities: ['FARGATE'],
    networkMode: 'awsvpc',
    cpu: '256',
    memory: '512',
    containerDefinitions: [container(ofContainer)],
    ...members,
  });
}

/** A definition for Managed Instances. */
export function managed(members: Partial<RegisterInput> = {}, ofContainer: ContainerMembers = {}): RegisterInput {
  return definition({
    requiresCompatibilities: ['MANAGED_INSTANCES'],
    containerDefinitions: [container(ofContainer)],
    ...members,
  });
}

/** A definition for external instances. */
export function external(members: Partial<RegisterInput> = {}, ofContainer: ContainerMembers = {}): RegisterInput {
  return definition({
    requiresCompatibilities: ['EXTERNAL'],
    containerDefinitions: [container(ofContainer)],
    ...members,
  });
}

/** A definition with one mounted volume. */
export function withVolume(
  volume: NonNullable<RegisterInput['volumes']>[number],
  task: Partial<RegisterInput> = {},
): RegisterInput {
  const mountPoints = [{ sourceVolume: volume.name ?? '', containerPath: '/data' }];
  return definition({ containerDefinitions: [container({ mountPoints })], volumes: [volume], ...task });
}
