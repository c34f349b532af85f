import type { TaskDefinition } from '#model';

/** The container Main as ExpressGatewayContainer shows it; `undefined` when the definition has none. */
export function mainContainerOf(definition: Pick<TaskDefinition, 'containerDefinitions'>) {
  const main = definition.containerDefinitions.find(({ name }) => name === 'Main');
  if (main?.image === undefined) return undefined;
  const {
    image,
    portMappings,
    command,
    environment = [],
    secrets = [],
    repositoryCredentials,
    logConfiguration,
  } = main;
  const containerPort = portMappings?.[0]?.containerPort;
  const { 'awslogs-group': logGroup, 'awslogs-stream-prefix': logStreamPrefix } = logConfiguration?.options ?? {};
  return {
    image,
    ...(containerPort === undefined ? {} : { containerPort }),
    ...(logGroup === undefined || logStreamPrefix === undefined
      ? {}
      : { awsLogsConfiguration: { logGroup, logStreamPrefix } }),
    ...(repositoryCredentials === undefined ? {} : { repositoryCredentials: { ...repositoryCredentials } }),
    ...(command === undefined || command.length === 0 ? {} : { command: [...command] }),
    ...(environment.length === 0 ? {} : { environment: environment.map((each) => ({ ...each })) }),
    ...(secrets.length === 0 ? {} : { secrets: secrets.map((each) => ({ ...each })) }),
  };
}
