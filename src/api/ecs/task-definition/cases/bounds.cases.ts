import {
  type ContainerMembers,
  container,
  definition,
  fargate,
  type RuleCase,
  withContainer,
  withVolume,
} from './case.ts';

const check = (members: object): ContainerMembers => ({ healthCheck: { command: ['CMD', 'true'], ...members } });
const named = (name: string): ContainerMembers => ({ portMappings: [{ containerPort: 80, name }] });
const badName =
  "The port mapping name that you provided is invalid. Up to 64 characters are allowed. The characters can include lowercase letters, numbers, underscores (_), and hyphens (-). A hyphen can't be the first character.";
const executionRoleArn = 'arn:aws:iam::000000000000:role/execution';

/** Both ends of what the other tables look at from one side. */
export const boundCases: readonly RuleCase[] = [
  {
    rule: 'container names have at most 255 characters',
    refused: withContainer({ name: 'c'.repeat(256) }),
    text: 'Container.name contains invalid characters.',
    accepted: withContainer({ name: 'c'.repeat(255) }),
  },
  {
    rule: 'volume names have at most 255 characters',
    refused: withVolume({ name: 'v'.repeat(256) }),
    text: 'Volume.name contains invalid characters.',
    accepted: withVolume({ name: 'v'.repeat(255) }),
  },
  {
    rule: 'a start timeout is at least two seconds',
    refused: withContainer({ startTimeout: 1 }),
    text: "The 'startTimeout' setting for container 'app' must be at least 2.",
    accepted: withContainer({ startTimeout: 2 }),
  },
  {
    rule: 'a start timeout on Fargate ends at 120',
    refused: fargate({}, { startTimeout: 121 }),
    text: "The 'startTimeout' setting for container 'app' must be between 2 and 120.",
    accepted: fargate({}, { startTimeout: 120 }),
  },
  {
    rule: 'health check timeout at most 60',
    refused: withContainer(check({ timeout: 61 })),
    text: "Health check timeout must be less than or equal to the maximum allowed value 60 for container 'app'",
    accepted: withContainer(check({ timeout: 60 })),
  },
  {
    rule: 'health check retries at least 1',
    refused: withContainer(check({ retries: 0 })),
    text: "Health check retries must be greater than or equal to the minimum allowed value 1 for container 'app'",
    accepted: withContainer(check({ retries: 1 })),
  },
  {
    rule: 'health check startPeriod at least 0',
    refused: withContainer(check({ startPeriod: -1 })),
    text: "Health check startPeriod must be greater than or equal to the minimum allowed value 0 for container 'app'",
    accepted: withContainer(check({ startPeriod: 0 })),
  },
  {
    rule: 'restarts are counted over at most 1800 seconds',
    refused: withContainer({ restartPolicy: { enabled: true, restartAttemptPeriod: 1801 } }),
    text: "The 'restartAttemptPeriod' setting for container 'app' must be between 60 and 1800.",
    accepted: withContainer({ restartPolicy: { enabled: true, restartAttemptPeriod: 1800 } }),
  },
  {
    rule: 'a port name has at most 64 characters',
    refused: withContainer(named('p'.repeat(65))),
    text: badName,
    accepted: withContainer(named('p'.repeat(64))),
  },
  {
    rule: 'a port name does not begin with a hyphen',
    refused: withContainer(named('-http')),
    text: badName,
    accepted: withContainer(named('_http-1')),
  },
  {
    rule: 'container ports begin at 1',
    refused: withContainer({ portMappings: [{ containerPort: 0 }] }),
    text: "Invalid 'containerPort' setting for container 'app'.",
    accepted: withContainer({ portMappings: [{ containerPort: 1 }] }),
  },
  {
    rule: 'a range has two different ports',
    refused: withContainer({ portMappings: [{ containerPortRange: '80-80' }] }),
    text: "Invalid 'containerPortRange' setting for container 'app'.",
    accepted: withContainer({ portMappings: [{ containerPortRange: '80-81' }] }),
  },
  {
    rule: 'a range ends at 65535',
    refused: withContainer({ portMappings: [{ containerPortRange: '65535-65536' }] }),
    text: "Invalid 'containerPortRange' setting for container 'app'.",
    accepted: withContainer({ portMappings: [{ containerPortRange: '65534-65535' }] }),
  },
  {
    rule: 'shared memory is not negative',
    refused: withContainer({ linuxParameters: { sharedMemorySize: -1 } }),
    text: "Invalid 'sharedMemorySize' setting for container 'app'.",
    accepted: withContainer({ linuxParameters: { sharedMemorySize: 64 } }),
  },
  {
    rule: 'tmpfs has at least 1 MiB',
    refused: withContainer({ linuxParameters: { tmpfs: [{ containerPath: '/t', size: 0 }] } }),
    text: "Invalid 'tmpfs' setting for container 'app'.",
    accepted: withContainer({ linuxParameters: { tmpfs: [{ containerPath: '/t', size: 1 }] } }),
  },
  {
    rule: 'a secret has a name',
    refused: withContainer({ secrets: [{ name: '', valueFrom: 'parameter' }] }, { executionRoleArn }),
    text: 'Secret.name should not be null or empty.',
    accepted: withContainer({ secrets: [{ name: 'S', valueFrom: 'parameter' }] }, { executionRoleArn }),
  },
  {
    rule: 'a secret has a source',
    refused: withContainer({ secrets: [{ name: 'S', valueFrom: '' }] }, { executionRoleArn }),
    text: 'Secret.valueFrom should not be null or empty.',
    accepted: withContainer({ secrets: [{ name: 'S', valueFrom: '/a/b' }] }, { executionRoleArn }),
  },
  {
    rule: 'HEALTHY and essential go together',
    refused: definition({
      containerDefinitions: [
        container({ dependsOn: [{ containerName: 'db', condition: 'HEALTHY' }] }),
        container({ name: 'db' }),
      ],
    }),
    text: 'A dependency container with HEALTHY condition must have health check configured',
    accepted: definition({
      containerDefinitions: [
        container({ dependsOn: [{ containerName: 'db', condition: 'HEALTHY' }] }),
        container({ name: 'db', ...check({}) }),
      ],
    }),
  },
  {
    rule: 'a container does not wait for itself',
    refused: withContainer({ dependsOn: [{ containerName: 'app', condition: 'START' }] }),
    text: 'Container dependencies should not have a cycle',
    accepted: withContainer({ dependsOn: [] }),
  },
  {
    rule: 'a credential spec says what it is',
    refused: withContainer({ credentialSpecs: ['arn:aws:s3:::b/a'] }),
    text: "Invalid 'credentialSpecs' setting for container 'app'.",
    accepted: withContainer({ credentialSpecs: ['credentialspec:arn:aws:s3:::b/a'] }),
  },
  {
    rule: 'host ports are not negative',
    refused: withContainer({ portMappings: [{ containerPort: 80, hostPort: -1 }] }),
    text: "Invalid 'hostPort' setting for container 'app'.",
    accepted: withContainer({ portMappings: [{ containerPort: 80, hostPort: 0 }] }),
  },
];
