import type { Volume } from '#model';

/** The members of a volume that say what it is; a volume has at most one of them. In the order AWS lists them. */
export const volumeKinds = [
  'host',
  'dockerVolumeConfiguration',
  'efsVolumeConfiguration',
  's3filesVolumeConfiguration',
  'fsxWindowsFileServerVolumeConfiguration',
  'configuredAtLaunch',
] as const satisfies readonly (keyof Volume)[];
