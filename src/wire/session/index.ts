export {
  ClientEnd,
  type ClientEndDeps,
  type ClientEndEvents,
  type ClientEndOptions,
  type SessionEnd,
} from './client-end.ts';
export { abnormalClose, type DataConnection } from './connection.ts';
export type { DataChannelDeps } from './data-channel.ts';
export { HostEnd, type HostEndEvents } from './host-end.ts';
export {
  decodeHead,
  decodeMessage,
  encodeMessage,
  messageFlags,
  payloadTypes,
  type SessionMessageHead,
  textBytes,
  textOf,
} from './message.ts';
export { socketConnection } from './socket.ts';
export {
  type Acknowledgment,
  type ChannelClosed,
  type OpenDataChannel,
  ownClientPrefix,
  readObject,
  type TerminalSize,
} from './texts.ts';
