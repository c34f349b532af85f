import { container, definition, fargate, type RuleCase, taskRoleArn, withContainer } from './case.ts';

const many = (count: number) => Array.from({ length: count }, (_, index) => container({ name: `c${index}` }));

export const containerCases: readonly RuleCase[] = [
  {
    rule: 'family is given',
    refused: definition({ family: '' }),
    text: 'Family should not be null or empty.',
    accepted: definition({ family: 'w' }),
  },
  {
    rule: 'family has the characters allowed',
    refused: definition({ family: 'we b' }),
    text: 'Family contains invalid characters.',
    accepted: definition({ family: 'We_b-1' }),
  },
  {
    rule: 'family has at most 255 characters',
    refused: definition({ family: 'f'.repeat(256) }),
    text: 'Family contains invalid characters.',
    accepted: definition({ family: 'f'.repeat(255) }),
  },
  {
    rule: 'roles are names or ARNs',
    refused: definition({ taskRoleArn: 'arn:aws:s3:::bucket' }),
    text: 'Role is not valid',
    accepted: definition({ taskRoleArn }),
  },
  {
    rule: 'there is a container',
    refused: definition({ containerDefinitions: [] }),
    text: 'Container list cannot be empty',
    accepted: definition({ containerDefinitions: many(1) }),
  },
  {
    rule: 'at most ten containers',
    refused: definition({ containerDefinitions: many(11) }),
    text: 'Too many containers.',
    accepted: definition({ containerDefinitions: many(10) }),
  },
  {
    rule: 'container names are given',
    refused: withContainer({ name: '' }),
    text: 'Container.name should not be null or empty.',
    accepted: withContainer({ name: 'a' }),
  },
  {
    rule: 'container names have the characters allowed',
    refused: withContainer({ name: 'a.b' }),
    text: 'Container.name contains invalid characters.',
    accepted: withContainer({ name: 'a-b_C1' }),
  },
  {
    rule: 'container names are unique',
    refused: definition({ containerDefinitions: [container(), container()] }),
    text: 'Container names must be unique within a task definition',
    accepted: definition({ containerDefinitions: [container(), container({ name: 'other' })] }),
  },
  {
    rule: 'an image is given',
    refused: withContainer({ image: '' }),
    text: 'Container.image should not be null or empty.',
    accepted: withContainer({ image: 'nginx' }),
  },
  {
    rule: 'an image has the characters allowed',
    refused: withContainer({ image: 'ngin x' }),
    text: 'Container.image contains invalid characters.',
    accepted: withContainer({ image: `registry.example.com:5000/team/nginx@sha256:${'a'.repeat(64)}` }),
  },
  {
    rule: 'a digest has 64 characters',
    refused: withContainer({ image: `nginx@sha256:${'a'.repeat(63)}` }),
    text: 'Container.image contains invalid characters.',
    accepted: withContainer({ image: `${'n'.repeat(255)}@sha256:${'A'.repeat(64)}` }),
  },
  {
    rule: 'an image with a tag has at most 255 characters',
    refused: withContainer({ image: 'n'.repeat(256) }),
    text: 'Container.image contains invalid characters.',
    accepted: withContainer({ image: 'n'.repeat(255) }),
  },
  {
    rule: 'inference accelerators are gone',
    refused: definition({ inferenceAccelerators: [{ deviceName: 'd', deviceType: 'eia2.medium' }] }),
    text: "Unsupported field 'inferenceAccelerators'.",
    accepted: definition({ inferenceAccelerators: [] }),
  },
  {
    rule: 'task cpu is a size',
    refused: definition({ cpu: 'one' }),
    text: "Invalid 'cpu' setting for task.",
    accepted: definition({ cpu: '1 vCPU' }),
  },
  {
    rule: 'task cpu is at least 128 units',
    refused: definition({ cpu: '127' }),
    text: "Invalid 'cpu' setting for task.",
    accepted: definition({ cpu: '.125 vcpu' }),
  },
  {
    rule: 'task cpu is at most 192 vCPU',
    refused: definition({ cpu: '196609' }),
    text: "Invalid 'cpu' setting for task.",
    accepted: definition({ cpu: '196608' }),
  },
  {
    rule: 'task memory is a size',
    refused: definition({ memory: '2 TB' }),
    text: "Invalid 'memory' setting for task.",
    accepted: definition({ memory: '2GB' }),
  },
  {
    rule: 'task memory is something',
    refused: definition({ memory: '0' }),
    text: "Invalid 'memory' setting for task.",
    accepted: definition({ memory: '128' }),
  },
  {
    rule: 'some container is essential',
    refused: withContainer({ essential: false }),
    text: "Task definition doesn't have any essential container",
    accepted: withContainer({ essential: true }),
  },
  {
    rule: 'container cpu is not negative',
    refused: withContainer({ cpu: -1 }),
    text: "Invalid 'cpu' setting for container 'app'.",
    accepted: withContainer({ cpu: 0 }),
  },
  {
    rule: 'a container has memory',
    refused: withContainer({ memory: 0 }),
    text: "Invalid setting for container 'app'. At least one of 'memory' or 'memoryReservation' must be specified.",
    accepted: withContainer({ memory: 0, memoryReservation: 64 }),
  },
  {
    rule: 'a container has memory, or the task has',
    refused: withContainer({ memory: 0 }),
    text: "Invalid setting for container 'app'. At least one of 'memory' or 'memoryReservation' must be specified.",
    accepted: withContainer({ memory: 0 }, { memory: '512' }),
  },
  {
    rule: 'a container has at least 4 MiB',
    refused: withContainer({ memory: 3 }),
    text: "Invalid setting for container 'app'. 'memory' must be at least 4.",
    accepted: withContainer({ memory: 4 }),
  },
  {
    rule: 'a reservation is not negative',
    refused: withContainer({ memoryReservation: -1 }),
    text: "Invalid setting for container 'app'. 'memoryReservation' must be at least 1.",
    accepted: withContainer({ memoryReservation: 1 }),
  },
  {
    rule: 'memory covers its reservation',
    refused: withContainer({ memory: 128, memoryReservation: 129 }),
    text: "'memory' must be greater than or equal to 'memoryReservation'",
    accepted: withContainer({ memory: 128, memoryReservation: 128 }),
  },
  {
    rule: 'containers share the cpu of the task',
    refused: fargate({
      containerDefinitions: [container({ cpu: 200 }), container({ name: 'other', cpu: 57 })],
    }),
    text: "The sum of all container 'cpu' values cannot be greater than the value of the task 'cpu'.",
    accepted: fargate({
      containerDefinitions: [container({ cpu: 200 }), container({ name: 'other', cpu: 56 })],
    }),
  },
  {
    rule: 'a container has no more memory than its task',
    refused: withContainer({ memory: 513 }, { memory: '512' }),
    text: "The 'memory' setting for container 'app' is greater than for the task",
    accepted: withContainer({ memory: 512 }, { memory: '512' }),
  },
  {
    rule: 'containers share the memory of the task',
    refused: definition({
      memory: '512',
      containerDefinitions: [container({ memory: 300 }), container({ name: 'b', memory: 300 })],
    }),
    text: "The sum of all container 'memory' values cannot be greater than the value of the task 'memory'.",
    accepted: definition({
      memory: '512',
      containerDefinitions: [container({ memory: 300, memoryReservation: 200 }), container({ name: 'b', memory: 300 })],
    }),
  },
  {
    rule: 'soft limits are within hard ones',
    refused: withContainer({ ulimits: [{ name: 'nofile', softLimit: 2048, hardLimit: 1024 }] }),
    text: 'Soft limit exceeds hard limit for ulimit nofile',
    accepted: withContainer({ ulimits: [{ name: 'nofile', softLimit: 1024, hardLimit: 1024 }] }),
  },
  {
    rule: 'no limit is the highest limit',
    refused: withContainer({ ulimits: [{ name: 'core', softLimit: -1, hardLimit: 0 }] }),
    text: 'Soft limit exceeds hard limit for ulimit core',
    accepted: withContainer({ ulimits: [{ name: 'core', softLimit: 5, hardLimit: -1 }] }),
  },
  {
    rule: 'timeouts are at least two seconds',
    refused: withContainer({ stopTimeout: 1 }),
    text: "The 'stopTimeout' setting for container 'app' must be at least 2.",
    accepted: withContainer({ stopTimeout: 2, startTimeout: 600 }),
  },
  {
    rule: 'users are names or numbers',
    refused: withContainer({ user: 'me:you:them' }),
    text: "Invalid 'user' setting for container 'app'.",
    accepted: withContainer({ user: '1000:www-data' }),
  },
  {
    rule: 'one credential spec',
    refused: withContainer({ credentialSpecs: ['credentialspec:arn:aws:s3:::b/a', 'credentialspec:arn:aws:s3:::b/c'] }),
    text: "Invalid 'credentialSpecs' setting for container 'app'.",
    accepted: withContainer({ credentialSpecs: ['credentialspecdomainless:arn:aws:s3:::b/a'] }),
  },
  {
    rule: 'variables have names',
    refused: withContainer({ environment: [{ name: '', value: 'x' }] }),
    text: 'Container.environment.name should not be null or empty.',
    accepted: withContainer({ environment: [{ name: 'X', value: '' }] }),
  },
];
