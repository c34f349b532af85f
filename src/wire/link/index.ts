export { announcedFileSystems, announcedVolumeProperties, type ConfirmAttachmentMessage } from './announcements.ts';
export type { Connection } from './connection.ts';
export { type ConnectionPair, type ConnectionPairOptions, connectionPair } from './connection-pair.ts';
export { decodeFrame, encodeFrame, type Frame, splitTelemetryFrame } from './frames.ts';
export {
  capabilityOf,
  familiesOfKind,
  type HostStateFamily,
  hostDocumentKinds,
  hostStateFamilies,
} from './host-state/families.ts';
export type * from './host-state/index.ts';
export type * from './messages.ts';
