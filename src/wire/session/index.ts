export { ClientEnd, type ClientEndEvents, type ClientEndOptions, type SessionEnd } from './client-end.ts';
export type { DataConnection } from './connection.ts';
export type { DataChannelDeps } from './data-channel.ts';
export { HostEnd, type HostEndEvents } from './host-end.ts';
export { decodeMessage, encodeMessage, messageFlags, payloadTypes, textBytes, textOf } from './message.ts';
export { socketConnection } from './socket.ts';
export { type ChannelClosed, type OpenDataChannel, readObject, type TerminalSize } from './texts.ts';
