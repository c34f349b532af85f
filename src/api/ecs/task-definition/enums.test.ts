import { describe, expect, it } from 'vitest';
import { apiHarness } from '../../../../test/support/api-harness.ts';

const container = (members: object) => ({
  containerDefinitions: [{ name: 'app', image: 'app', memory: 64, ...members }],
});
const volume = (members: object) => ({ volumes: [{ name: 'v', ...members }] });

/** Members with an enum: a value outside it, and where the refusal finds it. */
const enums: readonly (readonly [path: string, value: string, input: object])[] = [
  ['networkMode', 'nat', { networkMode: 'nat' }],
  ['pidMode', 'all', { pidMode: 'all' }],
  ['ipcMode', 'all', { ipcMode: 'all' }],
  ['requiresCompatibilities.1.member', 'MOON', { requiresCompatibilities: ['MOON'] }],
  ['runtimePlatform.cpuArchitecture', 'RISC', { runtimePlatform: { cpuArchitecture: 'RISC' } }],
  ['runtimePlatform.operatingSystemFamily', 'BSD', { runtimePlatform: { operatingSystemFamily: 'BSD' } }],
  ['placementConstraints.1.member.type', 'spread', { placementConstraints: [{ type: 'spread' }] }],
  ['proxyConfiguration.type', 'NGINX', { proxyConfiguration: { type: 'NGINX', containerName: 'app' } }],
  [
    'containerDefinitions.1.member.ulimits.1.member.name',
    'files',
    container({ ulimits: [{ name: 'files', softLimit: 1, hardLimit: 1 }] }),
  ],
  [
    'containerDefinitions.1.member.portMappings.1.member.appProtocol',
    'ftp',
    container({ portMappings: [{ containerPort: 80, appProtocol: 'ftp' }] }),
  ],
  [
    'containerDefinitions.1.member.firelensConfiguration.type',
    'vector',
    container({ firelensConfiguration: { type: 'vector' } }),
  ],
  [
    'containerDefinitions.1.member.environmentFiles.1.member.type',
    'http',
    container({ environmentFiles: [{ type: 'http', value: 'arn:aws:s3:::b/a.env' }] }),
  ],
  ['containerDefinitions.1.member.versionConsistency', 'maybe', container({ versionConsistency: 'maybe' })],
  [
    'containerDefinitions.1.member.dependsOn.1.member.condition',
    'READY',
    container({ dependsOn: [{ containerName: 'app', condition: 'READY' }] }),
  ],
  [
    'containerDefinitions.1.member.resourceRequirements.1.member.type',
    'FPGA',
    container({ resourceRequirements: [{ type: 'FPGA', value: '1' }] }),
  ],
  [
    'containerDefinitions.1.member.linuxParameters.devices.1.member.permissions.1.member',
    'run',
    container({ linuxParameters: { devices: [{ hostPath: '/dev/fuse', permissions: ['run'] }] } }),
  ],
  [
    'volumes.1.member.dockerVolumeConfiguration.scope',
    'host',
    volume({ dockerVolumeConfiguration: { scope: 'host' } }),
  ],
  [
    'volumes.1.member.efsVolumeConfiguration.transitEncryption',
    'ON',
    volume({ efsVolumeConfiguration: { fileSystemId: 'fs-1', transitEncryption: 'ON' } }),
  ],
];

/** Members that their structure cannot be without. */
const required: readonly (readonly [path: string, input: object])[] = [
  ['containerDefinitions.1.member.restartPolicy.enabled', container({ restartPolicy: {} })],
  ['containerDefinitions.1.member.healthCheck.command', container({ healthCheck: {} })],
  [
    'containerDefinitions.1.member.ulimits.1.member.hardLimit',
    container({ ulimits: [{ name: 'core', softLimit: 1 }] }),
  ],
  [
    'volumes.1.member.fsxWindowsFileServerVolumeConfiguration.authorizationConfig',
    volume({ fsxWindowsFileServerVolumeConfiguration: { fileSystemId: 'fs-1', rootDirectory: 'r' } }),
  ],
  ['volumes.1.member.s3filesVolumeConfiguration.fileSystemArn', volume({ s3filesVolumeConfiguration: {} })],
];

async function refusal(members: object): Promise<unknown> {
  const { call, store } = await apiHarness();
  const before = store.revision;
  const error = await call('RegisterTaskDefinition', { family: 'web', ...container({}), ...members }).catch(
    (thrown: unknown) => thrown,
  );
  expect(store.revision).toBe(before);
  return error;
}

describe('members of a task definition', () => {
  it.each(enums)('%s is no %s', async (path, value, members) => {
    expect(await refusal(members)).toMatchObject({
      code: 'InvalidParameterException',
      message: expect.stringContaining(
        `1 validation error detected: Value '${value}' at '${path}' failed to satisfy constraint: Member must satisfy enum value set: [`,
      ),
    });
  });

  it.each(required)('%s is given', async (path, members) => {
    expect(await refusal(members)).toMatchObject({
      code: 'InvalidParameterException',
      message: `1 validation error detected: Value null at '${path}' failed to satisfy constraint: Member must not be null`,
    });
  });
});
