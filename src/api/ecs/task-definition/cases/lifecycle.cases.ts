import { container, definition, executionRoleArn, type RuleCase, withContainer } from './case.ts';

const healthCheck = { command: ['CMD-SHELL', 'true'] };

/** Two containers: `app` depends on `other` under a condition. */
function dependent(
  condition: 'START' | 'HEALTHY' | 'SUCCESS' | 'COMPLETE',
  other: Parameters<typeof container>[0] = {},
) {
  return definition({
    containerDefinitions: [
      container({ dependsOn: [{ containerName: 'other', condition }] }),
      container({ name: 'other', ...other }),
    ],
  });
}

export const lifecycleCases: readonly RuleCase[] = [
  {
    rule: 'a dependency exists',
    refused: withContainer({ dependsOn: [{ containerName: 'nope', condition: 'START' }] }),
    text: "Cannot depend on container + 'nope' because it does not exist",
    accepted: dependent('START'),
  },
  {
    rule: 'HEALTHY needs a health check',
    refused: dependent('HEALTHY'),
    text: 'A dependency container with HEALTHY condition must have health check configured',
    accepted: dependent('HEALTHY', { healthCheck }),
  },
  {
    rule: 'SUCCESS needs a container that may end',
    refused: dependent('SUCCESS'),
    text: 'A dependency container with SUCCESS or COMPLETE condition cannot be an essential container',
    accepted: dependent('SUCCESS', { essential: false }),
  },
  {
    rule: 'COMPLETE needs a container that may end',
    refused: dependent('COMPLETE', { essential: true }),
    text: 'A dependency container with SUCCESS or COMPLETE condition cannot be an essential container',
    accepted: dependent('COMPLETE', { essential: false }),
  },
  {
    rule: 'dependencies have no cycle',
    refused: dependent('START', { dependsOn: [{ containerName: 'app', condition: 'START' }] }),
    text: 'Container dependencies should not have a cycle',
    accepted: dependent('START'),
  },
  {
    rule: 'dependencies and shared volumes have no cycle together',
    refused: dependent('START', { volumesFrom: [{ sourceContainer: 'app' }] }),
    text: 'Container dependencies should not have a cycle',
    accepted: definition({
      containerDefinitions: [container(), container({ name: 'other', volumesFrom: [{ sourceContainer: 'app' }] })],
    }),
  },
  {
    rule: 'volumesFrom names a container',
    refused: withContainer({ volumesFrom: [{ sourceContainer: 'nope' }] }),
    text: "Invalid 'volumesFrom' setting. Unknown container: 'nope'.",
    accepted: withContainer({ volumesFrom: [] }),
  },
  {
    rule: 'a health check has a command',
    refused: withContainer({ healthCheck: { command: ['curl', 'localhost'] } }),
    text: "Health check command must begin with CMD or CMD-SHELL for container 'app'",
    accepted: withContainer({ healthCheck: { command: ['CMD', 'curl', 'localhost'] } }),
  },
  {
    rule: 'health check interval at most 300',
    refused: withContainer({ healthCheck: { ...healthCheck, interval: 301 } }),
    text: "Health check interval must be less than or equal to the maximum allowed value 300 for container 'app'",
    accepted: withContainer({ healthCheck: { ...healthCheck, interval: 300 } }),
  },
  {
    rule: 'health check interval at least 5',
    refused: withContainer({ healthCheck: { ...healthCheck, interval: 4 } }),
    text: "Health check interval must be greater than or equal to the minimum allowed value 5 for container 'app'",
    accepted: withContainer({ healthCheck: { ...healthCheck, interval: 5 } }),
  },
  {
    rule: 'health check startPeriod at most 300',
    refused: withContainer({ healthCheck: { ...healthCheck, startPeriod: 301 } }),
    text: "Health check startPeriod must be less than or equal to the maximum allowed value 300 for container 'app'",
    accepted: withContainer({ healthCheck: { ...healthCheck, startPeriod: 0 } }),
  },
  {
    rule: 'health check timeout at least 2',
    refused: withContainer({ healthCheck: { ...healthCheck, timeout: 1 } }),
    text: "Health check timeout must be greater than or equal to the minimum allowed value 2 for container 'app'",
    accepted: withContainer({ healthCheck: { ...healthCheck, timeout: 2 } }),
  },
  {
    rule: 'health check retries at most 10',
    refused: withContainer({ healthCheck: { ...healthCheck, retries: 11 } }),
    text: "Health check retries must be less than or equal to the maximum allowed value 10 for container 'app'",
    accepted: withContainer({ healthCheck: { ...healthCheck, retries: 10 } }),
  },
  {
    rule: 'restarts are counted over 60 to 1800 seconds',
    refused: withContainer({ restartPolicy: { enabled: true, restartAttemptPeriod: 59 } }),
    text: "The 'restartAttemptPeriod' setting for container 'app' must be between 60 and 1800.",
    accepted: withContainer({ restartPolicy: { enabled: true, restartAttemptPeriod: 60 } }),
  },
  {
    rule: 'at most 50 exit codes are ignored',
    refused: withContainer({
      restartPolicy: { enabled: true, ignoredExitCodes: Array.from({ length: 51 }, (_, code) => code) },
    }),
    text: "The 'ignoredExitCodes' setting for container 'app' must have at most 50 exit codes.",
    accepted: withContainer({ restartPolicy: { enabled: true, ignoredExitCodes: [0] } }),
  },
  {
    rule: 'secrets need an execution role',
    refused: withContainer({ secrets: [{ name: 'KEY', valueFrom: 'parameter' }] }),
    text: "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'.",
    accepted: withContainer({ secrets: [{ name: 'KEY', valueFrom: 'parameter' }] }, { executionRoleArn }),
  },
  {
    rule: 'secret log options need an execution role',
    refused: withContainer({
      logConfiguration: {
        logDriver: 'splunk',
        options: { 'splunk-url': 'https://splunk.example.com' },
        secretOptions: [{ name: 'splunk-token', valueFrom: 'token' }],
      },
    }),
    text: "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'.",
    accepted: withContainer(
      {
        logConfiguration: {
          logDriver: 'splunk',
          options: { 'splunk-url': 'https://splunk.example.com' },
          secretOptions: [{ name: 'splunk-token', valueFrom: 'token' }],
        },
      },
      { executionRoleArn },
    ),
  },
  {
    rule: 'registry credentials need an execution role',
    refused: withContainer({ repositoryCredentials: { credentialsParameter: 'registry' } }),
    text: "When you are specifying repository credentials, you must also specify a value for 'executionRoleArn'.",
    accepted: withContainer({ repositoryCredentials: { credentialsParameter: 'registry' } }, { executionRoleArn }),
  },
  {
    rule: 'a secret comes from an ARN or a name',
    refused: withContainer({ secrets: [{ name: 'KEY', valueFrom: 'arn:aws:s3:::bucket/key' }] }, { executionRoleArn }),
    text: 'Invalid arn syntax.',
    accepted: withContainer(
      {
        secrets: [{ name: 'KEY', valueFrom: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:db-AbCdEf:user::' }],
      },
      { executionRoleArn },
    ),
  },
  {
    rule: 'a parameter has a name of its own letters',
    refused: withContainer({ secrets: [{ name: 'KEY', valueFrom: 'two words' }] }, { executionRoleArn }),
    text: 'The Systems Manager parameter name specified for secret KEY is invalid. The parameter name can be up to 2048 characters and include the following letters and symbols: a-zA-Z0-9_.-',
    accepted: withContainer({ secrets: [{ name: 'KEY', valueFrom: '/two/words' }] }, { executionRoleArn }),
  },
  {
    rule: 'a secret is no variable',
    refused: withContainer(
      { environment: [{ name: 'KEY', value: 'x' }], secrets: [{ name: 'KEY', valueFrom: 'parameter' }] },
      { executionRoleArn },
    ),
    text: "The secret name must be unique and not shared with any new or existing environment variables set on the container, such as 'KEY'.",
    accepted: withContainer(
      { environment: [{ name: 'OTHER', value: 'x' }], secrets: [{ name: 'KEY', valueFrom: 'parameter' }] },
      { executionRoleArn },
    ),
  },
  {
    rule: 'at most ten environment files',
    refused: withContainer({
      environmentFiles: Array.from({ length: 11 }, () => ({ type: 's3', value: 'arn:aws:s3:::b/a.env' })),
    }),
    text: 'The maximum number of environment files was exceeded. Specify ten or less and try again.',
    accepted: withContainer({
      environmentFiles: Array.from({ length: 10 }, () => ({ type: 's3', value: 'arn:aws:s3:::b/a.env' })),
    }),
  },
  {
    rule: 'environment files are S3 objects',
    refused: withContainer({ environmentFiles: [{ type: 's3', value: 'b/a.env' }] }),
    text: 'Invalid arn syntax.',
    accepted: withContainer({ environmentFiles: [{ type: 's3', value: 'arn:aws:s3:::b/dir/a.env' }] }),
  },
  {
    rule: 'environment files end in .env',
    refused: withContainer({ environmentFiles: [{ type: 's3', value: 'arn:aws:s3:::b/a.txt' }] }),
    text: 'The environment file must have a .env file extension.',
    accepted: withContainer({ environmentFiles: [{ type: 's3', value: 'arn:aws:s3:::b/.env' }] }),
  },
];
