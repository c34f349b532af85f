import { expect, test } from 'vitest';
import { type CapabilityFacts, capabilities, offeredLogDrivers } from './capabilities.ts';

const least = {
  apiVersion: '1.24',
  info: { architecture: 'x86_64', volumeDrivers: [], healthChecks: false },
  logDrivers: [],
  taskNetwork: false,
  sharedNamespaces: false,
  logRouters: false,
  values: [],
  taskLimits: false,
  taskRoles: false,
  hostNetworkRoles: false,
  faultInjection: false,
  external: false,
  commands: false,
} satisfies CapabilityFacts;

const names = (facts: CapabilityFacts): string[] => capabilities(facts).map(({ name }) => name);
const alone = new Set(names(least));

/** What a fact adds to the least. */
const added = (facts: Partial<CapabilityFacts>): string[] =>
  names({ ...least, ...facts })
    .filter((name) => !alone.has(name))
    .map((name) => name.replace(/^(com\.amazonaws\.)?ecs\.capability\./, ''));

test.each<[Partial<CapabilityFacts>, string[]]>([
  [{ sharedNamespaces: true }, ['pid-ipc-namespace-sharing']],
  [
    { logRouters: true },
    [
      'logging-driver.awsfirelens',
      'firelens.fluentd',
      'firelens.fluentbit',
      'firelens.options.config.file',
      'firelens.non-root-user',
      'logging-driver.awsfirelens.log-driver-buffer-limit',
    ],
  ],
  [
    { values: ['secretsmanager'] },
    [
      'private-registry-authentication.secretsmanager',
      'secrets.asm.environment-variables',
      'secrets.asm.bootstrap.log-driver',
    ],
  ],
  [{ values: ['ssm'] }, ['secrets.ssm.environment-variables', 'secrets.ssm.bootstrap.log-driver']],
  [{ values: ['s3'] }, ['env-files.s3']],
  [{ taskLimits: true }, ['task-cpu-mem-limit', 'increased-task-cpu-limit']],
  [{ taskNetwork: true }, ['task-eni']],
  [{ external: true }, ['external']],
  [{ commands: true }, ['execute-command']],
  [{ gpuDriverVersion: '550.54.14' }, ['nvidia-driver-version.550.54.14', 'gpu-driver-version']],
  [{ info: { ...least.info, security: ['seccomp', 'apparmor'] } }, ['apparmor']],
  [{ info: { ...least.info, security: ['selinux'] } }, ['selinux']],
  [{ info: { ...least.info, healthChecks: true } }, ['container-health-check']],
  [{ info: { ...least.info, volumeDrivers: ['local', 'rexray'] } }, ['docker-plugin.local', 'docker-plugin.rexray']],
  [{ logDrivers: ['syslog'] }, ['logging-driver.syslog']],
  [{ apiVersion: '1.29' }, ['docker-remote-api.1.25', 'docker-remote-api.1.28', 'docker-remote-api.1.29']],
])('%j announces %j', (facts, expected) => {
  expect(added(facts)).toEqual(expected);
});

test('nothing is announced that only some hosts can do', () => {
  const some =
    /task-eni|sharing|secrets|env-files|firelens|registry|limit|iam-role|fault|execute|gpu|nvidia|apparmor|selinux|external|plugin|logging|health/;
  expect([...alone].filter((name) => some.test(name))).toEqual([]);
});

test('awslogs is offered where roles are, and another cloud only when it is asked for', () => {
  const engine = ['awslogs', 'gcplogs', 'syslog'];
  expect(offeredLogDrivers(engine, undefined, true)).toEqual(['awslogs', 'syslog', 'none']);
  expect(offeredLogDrivers(engine, undefined, false)).toEqual(['syslog', 'none']);
  expect(offeredLogDrivers(engine, ['awslogs', 'gcplogs', 'splunk'], true)).toEqual(['awslogs', 'gcplogs']);
  expect(offeredLogDrivers(engine, ['awslogs'], false)).toEqual([]);
});
