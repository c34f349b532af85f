export { type Agent, startAgent } from './agent.ts';
export { type CleanDeps, type CleanOptions, cleanHost } from './clean.ts';
export { readChronyDrift } from './endpoints/clock-drift.ts';
export { systemFaultCommands } from './endpoints/faults/system-commands.ts';
export { readInterfaces } from './endpoints/interface-counters.ts';
export { defaultRateLimit, endpointPort } from './endpoints/limits.ts';
export type { EndpointHost } from './endpoints/port.ts';
export { createEndpointHost } from './endpoints/system-host.ts';
export { createConnectSession } from './exec/system-connect.ts';
export { createCgroups } from './host/cgroup-files.ts';
export type { TaskCgroups, TaskLimits } from './host/cgroups.ts';
export type { FindGpus, HostGpus } from './host/gpus.ts';
export { createLogRouters } from './host/log-router-files.ts';
export type { LogRouters } from './host/log-routers.ts';
export type { Availability, TaskInterface, TaskNetwork } from './host/network.ts';
export type { HostPortsOptions, PortProbe } from './host/ports.ts';
export { type SecretSource, type ValueService, valueServices } from './host/secrets.ts';
export { systemGpus } from './host/system-gpus.ts';
export { endLeftover } from './host/system-leftovers.ts';
export { dynamicPortRange, systemPortProbe } from './host/system-ports.ts';
export { createSecretSource, endpointVariables } from './host/system-secrets.ts';
export type { TaskProxies } from './host/task-proxies.ts';
export { HostStateFiles } from './host-state/files.ts';
export type {
  HostDocumentChanges,
  HostDocumentSet,
  HostPart,
  HostPartHost,
  HostPartRun,
  HostReporting,
} from './host-state/part.ts';
export type {
  Attribute,
  Connect,
  ControlPlaneApi,
  Endpoints,
  RegisteredInstance,
  Registration,
} from './link/control-plane.ts';
export { createControlPlaneApi, createTaskApi, type LinkOptions } from './link/system-api.ts';
export { createConnect } from './link/system-connect.ts';
export type { AgentDeps, AgentOptions } from './options.ts';
export { DockerRuntime } from './runtime/docker.ts';
export { engineAddress } from './runtime/docker-http.ts';
export type { ContainerRuntime, EngineInfo } from './runtime/port.ts';
export { SimulatedRuntime, type SimulatedRuntimeOptions } from './runtime/simulated.ts';
export type { SimulatedBehaviour } from './runtime/simulated-container.ts';
export { StateFiles } from './state/files.ts';
export { type AgentIdentity, MemoryStateStore, type StateStore } from './state/store.ts';
export { FileSystemCatalogue } from './storage/catalogue.ts';
export { SystemBlockVolumes } from './storage/system-block-volumes.ts';
export { SystemFileSystems } from './storage/system-file-systems.ts';
export type { PullBehaviour } from './task/images.ts';
export type { ContainerStateReport, TaskStateReport } from './task/report.ts';
