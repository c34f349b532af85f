import type { Volume } from '#model';
import type { PayloadVolume } from '#wire/link';
import { defined } from './defined.ts';

/**
 * A volume in the agent's terms. One without any configuration is an anonymous volume that lives as long as the task;
 * a Docker volume is the task's own unless it says `shared`. Source: "Volume" and "DockerVolumeConfiguration" in the
 * API reference.
 */
export function compileVolume(volume: Volume): PayloadVolume {
  const name = volume.name ?? '';
  if (volume.configuredAtLaunch === true) return { name, type: 'attachment' };
  const docker = volume.dockerVolumeConfiguration;
  if (docker !== undefined) {
    return {
      name,
      type: 'docker',
      dockerVolumeConfiguration: {
        scope: docker.scope ?? 'task',
        autoprovision: docker.autoprovision ?? false,
        driver: docker.driver ?? 'local',
        driverOpts: docker.driverOpts ?? {},
        labels: docker.labels ?? {},
      },
    };
  }
  const efs = volume.efsVolumeConfiguration;
  if (efs === undefined) return { name, type: 'host', host: defined({ sourcePath: volume.host?.sourcePath }) };
  return {
    name,
    type: 'efs',
    efsVolumeConfiguration: {
      fileSystemId: efs.fileSystemId ?? '',
      ...defined({
        rootDirectory: efs.rootDirectory,
        transitEncryption: efs.transitEncryption,
        transitEncryptionPort: efs.transitEncryptionPort,
        authorizationConfig:
          efs.authorizationConfig === undefined
            ? undefined
            : defined({ accessPointId: efs.authorizationConfig.accessPointId, iam: efs.authorizationConfig.iam }),
      }),
    },
  };
}
