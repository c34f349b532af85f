import type { AcsCommon, PayloadAttachment } from './messages.ts';

/** What a control plane tells of before the task that wants it, for agents that look for devices of their host. */
interface Announcement extends AcsCommon {
  readonly generatedAt: number;
  /** Looked for so long, ms. */
  readonly waitTimeoutMs: number;
}

/** A managed EBS volume is on its way; the payload names it again. */
export interface ConfirmAttachmentMessage extends Announcement {
  readonly taskArn: string;
  readonly taskClusterArn: string;
  readonly attachment: PayloadAttachment;
}

/** The properties that a volume's announcement must have. Source: the parser of amazon-ecs-agent 1.105. */
export const announcedVolumeProperties = [
  'volumeId',
  'volumeSizeGib',
  'deviceName',
  'sourceVolumeHostPath',
  'volumeName',
] as const;

/** Those a volume may name. */
export const announcedFileSystems: readonly string[] = ['xfs', 'ext2', 'ext3', 'ext4', 'ntfs'];
