import type * as EcsModule from '@aws-sdk/client-ecs';
import type { InputOf, OutputOf } from '#wire/aws';
import type { ControlPlane } from '../control-plane.ts';
import type { Say } from '../output/steps.ts';
import { sampleImage, samplePort } from './sample-image.ts';

type Ecs = typeof EcsModule;
type Definition = NonNullable<OutputOf<Ecs, 'DescribeTaskDefinition'>['taskDefinition']>;

const sampleFamily = 'hello';
export const sampleContainer = 'web';
const versionVariable = 'VERSION';

/** A revision of the sample's task definition; its tasks say the version in each answer. */
export interface SampleRevision {
  readonly arn: string;
  readonly version: number;
}

/** The task definition of the sample: a quarter of a core and its own network interface. */
export function sampleDefinition(version: number): InputOf<Ecs, 'RegisterTaskDefinition'> {
  return {
    family: sampleFamily,
    requiresCompatibilities: ['FARGATE'],
    networkMode: 'awsvpc',
    cpu: '256',
    memory: '512',
    containerDefinitions: [
      {
        name: sampleContainer,
        image: sampleImage,
        essential: true,
        portMappings: [{ containerPort: samplePort, protocol: 'tcp' }],
        environment: [{ name: versionVariable, value: String(version) }],
      },
    ],
  };
}

/** The newest revision if it is this sample, else a new one. */
export async function ensureDefinition(controlPlane: ControlPlane, say: Say): Promise<SampleRevision> {
  const { ecs } = controlPlane;
  const { taskDefinitionArns } = await ecs('ListTaskDefinitions', {
    familyPrefix: sampleFamily,
    status: 'ACTIVE',
    sort: 'DESC',
    maxResults: 1,
  });
  const newest = taskDefinitionArns?.[0];
  if (newest !== undefined) {
    const version = versionOf((await ecs('DescribeTaskDefinition', { taskDefinition: newest })).taskDefinition);
    if (version !== undefined) {
      say(lastSegment(newest));
      return { arn: newest, version };
    }
  }
  const made = await registerVersion(controlPlane, 1);
  say(lastSegment(made.arn));
  return made;
}

/** Registers a version of the sample. */
export async function registerVersion({ ecs }: ControlPlane, version: number): Promise<SampleRevision> {
  const { taskDefinition } = await ecs('RegisterTaskDefinition', sampleDefinition(version));
  return { arn: taskDefinition?.taskDefinitionArn ?? '', version };
}

/** Deletes the sample's revisions; those of somebody else's family of the same name stay. */
export async function removeDefinitions({ ecs }: ControlPlane): Promise<void> {
  const { taskDefinitionArns } = await ecs('ListTaskDefinitions', { familyPrefix: sampleFamily, status: 'ACTIVE' });
  for (const arn of taskDefinitionArns ?? []) {
    const { taskDefinition } = await ecs('DescribeTaskDefinition', { taskDefinition: arn });
    if (taskDefinition?.containerDefinitions?.[0]?.image !== sampleImage) continue;
    await ecs('DeregisterTaskDefinition', { taskDefinition: arn });
    await ecs('DeleteTaskDefinitions', { taskDefinitions: [arn] });
  }
}

/** `undefined` for what is not this sample, or an older form of it. */
function versionOf(definition: Definition | undefined): number | undefined {
  const [container, ...others] = definition?.containerDefinitions ?? [];
  if (others.length > 0 || container?.image !== sampleImage || container.name !== sampleContainer) return undefined;
  const text = container.environment?.find(({ name }) => name === versionVariable)?.value ?? '';
  return /^[1-9]\d*$/.test(text) ? Number(text) : undefined;
}

function lastSegment(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}
