import { testImage } from '../support/installation.ts';

/** What is known of a family beforehand. */
export interface Family {
  readonly family: string;
  readonly launchType: 'FARGATE' | 'EC2';
  /** Volumes that each task has for itself. */
  readonly volumes: number;
  readonly hasHolder: boolean;
  readonly limited: boolean;
  /** RegisterTaskDefinition's input. */
  readonly definition: object;
}

/** A volume that outlives its tasks. */
export const sharedVolume = 'churn-shared';
/** Where the tasks of `job` write down that they start and end. */
const marks = '/marks';

const server = { image: testImage, command: ['httpd', '-f', '-p', '8080', '-h', '/tmp'], memory: 16, stopTimeout: 2 };
/** Not to be ended by SIGTERM. */
const stubborn = { image: testImage, command: ['sh', '-c', "trap '' TERM; sleep 36000"], memory: 16, stopTimeout: 2 };
const sh = (script: string): object => ({
  image: testImage,
  command: ['sh', '-c', script],
  memory: 16,
  stopTimeout: 2,
});
const marked = `echo start >> ${marks}/$MARK; sleep $LAST; echo end >> ${marks}/$MARK; exit $CODE`;

/** One family of each kind: the network modes, volumes, dependencies, health, limits and ends that there are. */
export function families(marksFolder: string): readonly Family[] {
  const awsvpc = { networkMode: 'awsvpc' };
  const fargate = { ...awsvpc, requiresCompatibilities: ['FARGATE'], cpu: '256', memory: '512' };
  const scratch = { mountPoints: [{ sourceVolume: 'scratch', containerPath: '/scratch' }] };
  const family = (name: string, facts: Omit<Family, 'family' | 'definition'>, definition: object): Family => ({
    family: name,
    ...facts,
    definition: { family: name, ...definition },
  });
  return [
    family(
      'front',
      { launchType: 'FARGATE', volumes: 0, hasHolder: true, limited: true },
      {
        ...fargate,
        containerDefinitions: [{ name: 'app', ...server, healthCheck: { command: ['CMD', 'true'], interval: 10 } }],
      },
    ),
    family(
      'parcel',
      { launchType: 'FARGATE', volumes: 1, hasHolder: true, limited: true },
      {
        ...fargate,
        containerDefinitions: [{ name: 'app', ...sh('sleep $LAST; exit $CODE'), ...scratch }],
        volumes: [{ name: 'scratch' }],
      },
    ),
    family(
      'inner',
      { launchType: 'EC2', volumes: 1, hasHolder: true, limited: false },
      {
        ...awsvpc,
        containerDefinitions: [
          { name: 'app', ...server, ...scratch, dependsOn: [{ containerName: 'side', condition: 'START' }] },
          { name: 'side', ...stubborn, ...scratch },
        ],
        volumes: [{ name: 'scratch' }],
      },
    ),
    family(
      'hull',
      { launchType: 'EC2', volumes: 0, hasHolder: false, limited: false },
      {
        containerDefinitions: [
          {
            name: 'app',
            ...server,
            portMappings: [{ containerPort: 8080 }],
            mountPoints: [{ sourceVolume: sharedVolume, containerPath: '/kept' }],
          },
        ],
        volumes: [{ name: sharedVolume, dockerVolumeConfiguration: { scope: 'shared', autoprovision: true } }],
      },
    ),
    family(
      'watch',
      { launchType: 'EC2', volumes: 0, hasHolder: true, limited: false },
      {
        pidMode: 'task',
        containerDefinitions: [
          { name: 'app', ...stubborn },
          { name: 'mate', ...sh('exit 0'), essential: false },
        ],
      },
    ),
    family(
      'job',
      { launchType: 'EC2', volumes: 1, hasHolder: false, limited: false },
      {
        containerDefinitions: [
          { name: 'before', ...sh('touch /scratch/x'), ...scratch, essential: false },
          {
            name: 'app',
            ...sh(marked),
            dependsOn: [{ containerName: 'before', condition: 'COMPLETE' }],
            mountPoints: [...scratch.mountPoints, { sourceVolume: 'marks', containerPath: marks }],
          },
        ],
        volumes: [
          { name: 'scratch', dockerVolumeConfiguration: { scope: 'task', driver: 'local' } },
          { name: 'marks', host: { sourcePath: marksFolder } },
        ],
      },
    ),
  ];
}
