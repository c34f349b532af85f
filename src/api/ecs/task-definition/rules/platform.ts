import type { ContainerDefinition } from '#model';
import { parseQuery, QuerySyntaxError } from '#scheduler';
import { firstOf, isGiven, type Rule } from './rule.ts';

/** RuntimePlatform, cpuArchitecture: ARM64 is for Linux. Fargate says so in words of its own. */
export const armIsLinux: Rule = ({ content, windows }) =>
  windows &&
  content.runtimePlatform?.cpuArchitecture === 'ARM64' &&
  content.requiresCompatibilities?.includes('FARGATE') !== true
    ? 'Windows containers do not support the ARM64 cpuArchitecture'
    : undefined;

/** RegisterTaskDefinition, inferenceAccelerators: no longer available. Observed text. */
export const noInferenceAccelerators: Rule = ({ content, input }) => {
  const required = content.containerDefinitions.some(({ resourceRequirements }) =>
    resourceRequirements?.some(({ type }) => type === 'InferenceAccelerator'),
  );
  return required || (input.inferenceAccelerators ?? []).length > 0
    ? "Unsupported field 'inferenceAccelerators'."
    : undefined;
};

const proxyProperties = [
  ['ProxyIngressPort', 'Ingress port not found'],
  ['ProxyEgressPort', 'Egress port not found'],
  ['AppPorts', 'App ports not found'],
] as const;

/** ProxyConfiguration: awsvpc only, a container of the task, and its properties. Observed for the ingress port. */
export const proxyIsComplete: Rule = ({ content, networkMode }) => {
  const proxy = content.proxyConfiguration;
  if (proxy === undefined) return undefined;
  if (networkMode !== 'awsvpc') return `Proxy configuration is not supported when networkMode=${networkMode}.`;
  if (!content.containerDefinitions.some(({ name }) => name === proxy.containerName)) {
    return `Invalid 'proxyConfiguration' setting. Unknown container: '${proxy.containerName}'.`;
  }
  const given = new Map((proxy.properties ?? []).map(({ name, value }) => [name, value]));
  const missing = proxyProperties.find(([name]) => !isGiven(given.get(name)));
  if (missing !== undefined) return missing[1];
  return isGiven(given.get('IgnoredUID')) || isGiven(given.get('IgnoredGID'))
    ? undefined
    : 'Ignored UID or ignored GID not found';
};

const maxConstraints = 10;

/** TaskDefinitionPlacementConstraint: memberOf only, at most 10, each with an expression of the query language. */
export const placementIsValid: Rule = ({ input }) => {
  const constraints = input.placementConstraints ?? [];
  if (constraints.length > maxConstraints) return `Maximum number of constraints is ${maxConstraints}.`;
  return firstOf(constraints, ({ type, expression = '' }) => {
    if (type !== 'memberOf') return `Placement constraint type '${type}' is not supported in a task definition.`;
    return expressionRefusal(expression);
  });
};

function expressionRefusal(expression: string): string | undefined {
  try {
    parseQuery(expression);
    return undefined;
  } catch (error) {
    if (!(error instanceof QuerySyntaxError)) throw error;
    return `Invalid expression: ${expression} (${error.message} at offset ${error.offset})`;
  }
}

type Requirement = NonNullable<ContainerDefinition['resourceRequirements']>[number];

/** Why a container's devices are refused, in a definition or in an override. */
export function deviceRefusal(requirements: readonly Requirement[]): string | undefined {
  return firstOf(requirements, ({ type, value, sharingStrategy }) => {
    if (type !== 'GPU') return undefined;
    const exclusive = value !== undefined && /^([1-9]\d{0,3}|ALL)$/.test(value);
    return exclusive === (sharingStrategy !== undefined) || (value !== undefined && !exclusive)
      ? "Invalid 'resourceRequirements' setting. A GPU requirement must specify either 'value' or 'sharingStrategy'."
      : undefined;
  });
}

/** ResourceRequirement: a number of GPUs, ALL, or a share; one way per task; Neuron devices all in one container. */
export const deviceRequirementsAreValid: Rule = ({ content }) => {
  const all = content.containerDefinitions.flatMap(({ resourceRequirements }) => resourceRequirements ?? []);
  const gpus = all.filter(({ type }) => type === 'GPU');
  const neuron = all.filter(({ type }) => type === 'NeuronDevice');
  const refusal = deviceRefusal(all);
  if (refusal !== undefined) return refusal;
  if (new Set(gpus.map(({ sharingStrategy }) => sharingStrategy !== undefined)).size > 1) {
    return "Invalid 'resourceRequirements' setting. All containers of a task must share GPUs, or none.";
  }
  return neuron.length > 1 || neuron.some(({ value }) => value !== 'ALL')
    ? "Invalid 'resourceRequirements' setting. NeuronDevice must have the value ALL, in one container only."
    : undefined;
};
