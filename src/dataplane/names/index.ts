export { HostForwarder } from './forwarder.ts';
export { NameServer } from './name-server.ts';
export { SocketSiblings } from './siblings.ts';
export { LoopbackAddresses, systemServers } from './system-names.ts';
