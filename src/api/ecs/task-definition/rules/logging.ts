import type { ContainerDefinition } from '#model';
import { eachContainer, nameOf, type Rule } from './rule.ts';

const drivers = ['awslogs', 'fluentd', 'gelf', 'json-file', 'journald', 'syslog', 'splunk', 'awsfirelens'];

/** LogConfiguration, logDriver. Observed text, with another list, on Fargate. */
export const logDriverIsKnown: Rule = eachContainer((container) => refuseDriver(container, drivers));

/** `X is not a valid log driver. Must be one of […]` unless the container's driver is one of `allowed`. */
export function refuseDriver(container: ContainerDefinition, allowed: readonly string[]): string | undefined {
  const driver = container.logConfiguration?.logDriver;
  if (driver === undefined || allowed.includes(driver)) return undefined;
  return `${driver} is not a valid log driver. Must be one of [${allowed.join(',')}]`;
}

const requiredOptions: Readonly<Record<string, readonly string[]>> = {
  awslogs: ['awslogs-region', 'awslogs-group'],
  splunk: ['splunk-token', 'splunk-url'],
};

/** LogConfiguration, options: what a driver cannot do without; a secret option counts. Observed text. */
export const logDriverHasOptions: Rule = eachContainer(({ logConfiguration }) => {
  if (logConfiguration?.logDriver === undefined) return undefined;
  const given = new Set([
    ...Object.keys(logConfiguration.options ?? {}),
    ...(logConfiguration.secretOptions ?? []).map(({ name }) => name ?? ''),
  ]);
  const missing = (requiredOptions[logConfiguration.logDriver] ?? []).filter((option) => !given.has(option));
  return missing.length === 0
    ? undefined
    : `Log driver ${logConfiguration.logDriver} requires options: ${missing.join(', ')}`;
});

/** LogConfiguration, options: the two ways awslogs joins lines exclude each other; `mode` and its buffer. */
export const logOptionsAreValid: Rule = eachContainer(({ logConfiguration }) => {
  const options = logConfiguration?.options ?? {};
  if (options['awslogs-datetime-format'] !== undefined && options['awslogs-multiline-pattern'] !== undefined) {
    return 'Log driver awslogs does not support the options awslogs-datetime-format and awslogs-multiline-pattern together';
  }
  const { mode } = options;
  if (mode !== undefined && mode !== 'blocking' && mode !== 'non-blocking') {
    return `${mode} is not a valid log driver mode. Must be one of [blocking,non-blocking]`;
  }
  const buffer = options['max-buffer-size'];
  return buffer !== undefined && !/^\d+(\.\d+)? ?([kmg]i?b?|b)?$/i.test(buffer)
    ? `${buffer} is not a valid max-buffer-size`
    : undefined;
});

/** "Send Amazon ECS logs with FireLens": an awsfirelens container needs a log router in the task. Observed text. */
export const firelensHasRouter: Rule = ({ content }) => {
  const routed = content.containerDefinitions.some(
    ({ logConfiguration }) => logConfiguration?.logDriver === 'awsfirelens',
  );
  const routers = content.containerDefinitions.filter(
    ({ firelensConfiguration }) => firelensConfiguration !== undefined,
  );
  if (routed && routers.length === 0) {
    return 'When awsfirelens log driver is specified in log configuration, a firelens configuration object must be configured in one of the containers.';
  }
  return routers.length > 1
    ? 'Only one container in a task definition can have a firelens configuration object.'
    : undefined;
};

const routerOptions: ReadonlySet<string> = new Set([
  'enable-ecs-log-metadata',
  'config-file-type',
  'config-file-value',
]);

/** FirelensConfiguration: three options; a configuration file has a type and a value; the router logs elsewhere. */
export const firelensRouterIsValid: Rule = eachContainer((container) => {
  const { firelensConfiguration, logConfiguration } = container;
  if (firelensConfiguration === undefined) return undefined;
  if (logConfiguration?.logDriver === 'awsfirelens') {
    return `The log router container '${nameOf(container)}' cannot use the awsfirelens log driver.`;
  }
  const options = firelensConfiguration.options ?? {};
  const unknown = Object.keys(options).find((option) => !routerOptions.has(option));
  if (unknown !== undefined) return `Invalid firelens configuration option '${unknown}'.`;
  const fileType = options['config-file-type'];
  const fileValue = options['config-file-value'];
  const valid = (fileType === undefined) === (fileValue === undefined);
  return valid && (fileType === undefined || fileType === 's3' || fileType === 'file')
    ? undefined
    : "Invalid firelens configuration: 'config-file-type' must be 's3' or 'file' and come with 'config-file-value'.";
});
