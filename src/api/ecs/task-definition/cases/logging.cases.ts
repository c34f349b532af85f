import { container, definition, type RuleCase, withContainer } from './case.ts';

const awslogs = { 'awslogs-group': '/web', 'awslogs-region': 'us-east-1' };

function logging(logDriver: 'awslogs' | 'splunk' | 'awsfirelens' | 'json-file', options: Record<string, string> = {}) {
  return withContainer({ logConfiguration: { logDriver, options } });
}

function routed(router: Parameters<typeof container>[0] = {}) {
  return definition({
    containerDefinitions: [
      container({ logConfiguration: { logDriver: 'awsfirelens' } }),
      container({ name: 'router', firelensConfiguration: { type: 'fluentbit' }, ...router }),
    ],
  });
}

export const loggingCases: readonly RuleCase[] = [
  {
    rule: 'the log driver is one of ECS',
    refused: withContainer({ logConfiguration: { logDriver: 'etwlogs' as 'awslogs' } }),
    text: 'etwlogs is not a valid log driver. Must be one of [awslogs,fluentd,gelf,json-file,journald,syslog,splunk,awsfirelens]',
    accepted: logging('json-file'),
  },
  {
    rule: 'awslogs needs a group',
    refused: logging('awslogs', { 'awslogs-region': 'us-east-1' }),
    text: 'Log driver awslogs requires options: awslogs-group',
    accepted: logging('awslogs', awslogs),
  },
  {
    rule: 'awslogs needs a region and a group',
    refused: logging('awslogs'),
    text: 'Log driver awslogs requires options: awslogs-region, awslogs-group',
    accepted: logging('awslogs', awslogs),
  },
  {
    rule: 'splunk needs a token and a URL',
    refused: logging('splunk', { 'splunk-url': 'https://splunk.example.com' }),
    text: 'Log driver splunk requires options: splunk-token',
    accepted: logging('splunk', { 'splunk-url': 'https://splunk.example.com', 'splunk-token': 't' }),
  },
  {
    rule: 'lines are joined in one way',
    refused: logging('awslogs', { ...awslogs, 'awslogs-datetime-format': '%Y', 'awslogs-multiline-pattern': '^I' }),
    text: 'Log driver awslogs does not support the options awslogs-datetime-format and awslogs-multiline-pattern together',
    accepted: logging('awslogs', { ...awslogs, 'awslogs-multiline-pattern': '^I' }),
  },
  {
    rule: 'the mode blocks or does not',
    refused: logging('awslogs', { ...awslogs, mode: 'maybe' }),
    text: 'maybe is not a valid log driver mode. Must be one of [blocking,non-blocking]',
    accepted: logging('awslogs', { ...awslogs, mode: 'non-blocking' }),
  },
  {
    rule: 'the buffer has a size',
    refused: logging('awslogs', { ...awslogs, mode: 'non-blocking', 'max-buffer-size': 'large' }),
    text: 'large is not a valid max-buffer-size',
    accepted: logging('awslogs', { ...awslogs, mode: 'non-blocking', 'max-buffer-size': '25m' }),
  },
  {
    rule: 'awsfirelens needs a router',
    refused: logging('awsfirelens'),
    text: 'When awsfirelens log driver is specified in log configuration, a firelens configuration object must be configured in one of the containers.',
    accepted: routed(),
  },
  {
    rule: 'one router',
    refused: definition({
      containerDefinitions: [
        container({ firelensConfiguration: { type: 'fluentd' } }),
        container({ name: 'router', firelensConfiguration: { type: 'fluentbit' } }),
      ],
    }),
    text: 'Only one container in a task definition can have a firelens configuration object.',
    accepted: routed(),
  },
  {
    rule: 'the router logs elsewhere',
    refused: routed({ logConfiguration: { logDriver: 'awsfirelens' } }),
    text: "The log router container 'router' cannot use the awsfirelens log driver.",
    accepted: routed({ logConfiguration: { logDriver: 'json-file' } }),
  },
  {
    rule: 'the router has three options',
    refused: routed({ firelensConfiguration: { type: 'fluentbit', options: { verbose: 'true' } } }),
    text: "Invalid firelens configuration option 'verbose'.",
    accepted: routed({ firelensConfiguration: { type: 'fluentbit', options: { 'enable-ecs-log-metadata': 'true' } } }),
  },
  {
    rule: 'a configuration file has a type and a value',
    refused: routed({ firelensConfiguration: { type: 'fluentbit', options: { 'config-file-type': 'file' } } }),
    text: "Invalid firelens configuration: 'config-file-type' must be 's3' or 'file' and come with 'config-file-value'.",
    accepted: routed({
      firelensConfiguration: {
        type: 'fluentbit',
        options: { 'config-file-type': 'file', 'config-file-value': '/extra.conf' },
      },
    }),
  },
];
