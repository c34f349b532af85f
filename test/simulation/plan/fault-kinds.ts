/** Every kind of fault, with how often it happens unless `--faults` says otherwise. */
export const faultKinds = {
  /** Requests and answers of one caller get lost. */
  loss: { perHour: 3, perAgentHour: 0.05, is: 'requests and answers get lost' },
  /** Everything of one caller takes up to seconds. */
  delay: { perHour: 3, perAgentHour: 0.05, is: 'everything takes up to seconds' },
  duplicate: { perHour: 3, perAgentHour: 0.05, is: 'requests arrive twice, the second up to a minute later' },
  reorder: { perHour: 3, perAgentHour: 0.05, is: 'requests take so long that later ones overtake them' },
  /** One agent, or a zone of them, is cut off: both ways, or one. */
  partition: { perHour: 1, perAgentHour: 0.15, is: 'agents are cut off, one way or both' },
  /** Connections break with what is under way; one end may not notice. */
  cut: { perHour: 1, perAgentHour: 0.15, is: 'connections break, an end may not notice' },
  'agent-crash': { perHour: 1, perAgentHour: 0.15, is: 'an agent dies and returns; its containers stay' },
  'host-loss': { perHour: 0.5, perAgentHour: 0.02, is: 'a host is gone and comes back as a new one' },
  'container-crash': { perHour: 4, perAgentHour: 0.2, is: 'containers end, one or all of a host' },
  unhealthy: { perHour: 1, perAgentHour: 0.05, is: 'a health check fails' },
  'slow-start': { perHour: 1, perAgentHour: 0.05, is: 'pulls and starts of a host take up to minutes' },
  'bad-image': { perHour: 1, perAgentHour: 0, is: 'the image of a service cannot be pulled' },
  crash: { perHour: 6, perAgentHour: 0, is: 'the control plane is killed, at any microtask; a write may be cut short' },
  restart: { perHour: 0.5, perAgentHour: 0, is: 'the control plane is stopped in good order and started again' },
  'disk-full': { perHour: 4, perAgentHour: 0, is: 'the disk takes nothing for a while' },
  'slow-disk': { perHour: 3, perAgentHour: 0, is: 'a write takes up to seconds' },
  clock: { perHour: 1, perAgentHour: 0, is: 'the time of day leaps by up to minutes and later back' },
  'zone-loss': { perHour: 1, perAgentHour: 0, is: 'all hosts of a zone are gone and come back as new ones' },
} as const;

export type FaultKind = keyof typeof faultKinds;
