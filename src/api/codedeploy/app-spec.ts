import { parseDocument } from 'yaml';
import type { AwsvpcConfiguration, CodeDeployAppSpec } from '#model';
import { invalidRevision } from './errors.ts';
import { limits } from './limits.ts';

type Members = ReadonlyMap<string, unknown>;

const whole = 'The AppSpec';

/**
 * What an AppSpec of Amazon ECS says, in YAML or JSON. Names of members are read in any case, as AWS's own tools do.
 * InvalidRevisionException. Source: "AppSpec 'resources' section for Amazon ECS deployments".
 */
export function readAppSpec(content: string): CodeDeployAppSpec {
  const spec = membersOf(whole, parsed(content));
  known(whole, spec, ['version', 'resources', 'hooks']);
  if (Number(spec.get('version') ?? 0) !== 0) throw invalidRevision('The version of the AppSpec must be 0.0.');
  refuseHooks(spec.get('hooks'));
  const properties = propertiesOf(spec.get('resources'));
  const taskDefinition = textOf('TaskDefinition', properties.get('taskdefinition'));
  const balancer = membersOf('LoadBalancerInfo', properties.get('loadbalancerinfo'));
  known('LoadBalancerInfo', balancer, ['containername', 'containerport']);
  const platformVersion = properties.get('platformversion');
  const network = networkFrom(properties.get('networkconfiguration'));
  if (listOf('CapacityProviderStrategy', properties.get('capacityproviderstrategy')).length > 0) {
    throw invalidRevision(
      'CapacityProviderStrategy of an AppSpec is not part of this version of Roadstead: the replacement has the ' +
        'capacity provider strategy, or the launch type, of the service.',
    );
  }
  return {
    taskDefinition,
    containerName: textOf('ContainerName', balancer.get('containername')),
    containerPort: portOf(balancer.get('containerport')),
    ...(isNothing(platformVersion) ? {} : { platformVersion: textOf('PlatformVersion', platformVersion) }),
    ...(network === undefined ? {} : { networkConfiguration: network }),
  };
}

function parsed(content: string): unknown {
  if (content.trim() === '') throw invalidRevision('The AppSpec is empty.');
  if (content.length > limits.appSpecCharacters) {
    throw invalidRevision(`The AppSpec has more than ${limits.appSpecCharacters} characters.`);
  }
  const document = parseDocument(content);
  const [error] = document.errors;
  if (error !== undefined) {
    throw invalidRevision(`The AppSpec is neither YAML nor JSON: ${error.message.split('\n')[0]}`);
  }
  try {
    return document.toJS({ maxAliasCount: 20 });
  } catch {
    throw invalidRevision('The AppSpec has too many aliases.');
  }
}

function refuseHooks(hooks: unknown): void {
  if (listOf('Hooks', hooks).length === 0) return;
  throw invalidRevision(
    'Hooks of an AppSpec are Lambda functions, and AWS Lambda is not part of this version of Roadstead. Leave Hooks out; ' +
      'to look at the replacement before it gets traffic, give the deployment group a test listener and the deployment ' +
      'ready option STOP_DEPLOYMENT, and call ContinueDeployment.',
  );
}

function propertiesOf(given: unknown): Members {
  const resources = listOf('Resources', given);
  const [resource] = resources;
  if (resource === undefined || resources.length > 1) {
    throw invalidRevision('The AppSpec must have exactly one resource.');
  }
  const named = [...membersOf('Resources', resource).values()];
  if (named.length !== 1) throw invalidRevision('The AppSpec must have exactly one resource.');
  const target = membersOf('TargetService', named[0]);
  known('TargetService', target, ['type', 'properties']);
  if (target.get('type') !== 'AWS::ECS::Service') {
    throw invalidRevision('The type of the AppSpec’s resource must be AWS::ECS::Service.');
  }
  const properties = membersOf('Properties', target.get('properties'));
  known('Properties', properties, [
    'taskdefinition',
    'loadbalancerinfo',
    'platformversion',
    'networkconfiguration',
    'capacityproviderstrategy',
  ]);
  return properties;
}

function networkFrom(given: unknown): AwsvpcConfiguration | undefined {
  if (isNothing(given)) return undefined;
  const network = membersOf('NetworkConfiguration', given);
  known('NetworkConfiguration', network, ['awsvpcconfiguration']);
  const awsvpc = membersOf('AwsvpcConfiguration', network.get('awsvpcconfiguration'));
  known('AwsvpcConfiguration', awsvpc, ['subnets', 'securitygroups', 'assignpublicip']);
  const texts = (name: string): readonly string[] =>
    listOf(name, awsvpc.get(name.toLowerCase())).map((each) => textOf(name, each));
  const subnets = texts('Subnets');
  if (subnets.length === 0) throw invalidRevision('The AwsvpcConfiguration of the AppSpec names no subnet.');
  const assignPublicIp = awsvpc.get('assignpublicip') ?? 'DISABLED';
  if (assignPublicIp !== 'ENABLED' && assignPublicIp !== 'DISABLED') {
    throw invalidRevision('AssignPublicIp of the AppSpec must be ENABLED or DISABLED.');
  }
  return { subnets, securityGroups: texts('SecurityGroups'), assignPublicIp };
}

/** The members by their names in lower case. */
function membersOf(name: string, value: unknown): Members {
  if (isNothing(value)) throw invalidRevision(`The AppSpec has no ${name}.`);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalidRevision(`${name}${name === whole ? '' : ' of the AppSpec'} must have members.`);
  }
  return new Map(Object.entries(value).map(([key, member]) => [key.toLowerCase(), member]));
}

function known(name: string, members: Members, names: readonly string[]): void {
  const strange = [...members.keys()].find((key) => !names.includes(key));
  if (strange !== undefined) throw invalidRevision(`${name} has a member ${strange} that an AppSpec does not know.`);
}

function listOf(name: string, value: unknown): readonly unknown[] {
  if (isNothing(value)) return [];
  if (Array.isArray(value)) return value;
  throw invalidRevision(`${name} of the AppSpec must be a list.`);
}

function textOf(name: string, value: unknown): string {
  if (typeof value === 'string' && value !== '') return value;
  if (typeof value === 'number') return String(value);
  throw invalidRevision(isNothing(value) ? `The AppSpec has no ${name}.` : `${name} of the AppSpec must be text.`);
}

function portOf(value: unknown): number {
  const port = Number(textOf('ContainerPort', value));
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw invalidRevision('ContainerPort of the AppSpec must be a port.');
}

function isNothing(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}
