import type { PulseOptions } from './pulse.ts';

/** Limits of the dispatcher, each with its unit and reason. */

/** Role credentials live as long as ECS's. */
export const credentialLifetimeMs = 6 * 3_600_000;

/** A payload message holds at most this many tasks and characters, so that one slow task holds few others up. */
export const payloadMessageLimits = { tasks: 50, characters: 512 * 1024 } as const;

/** Messages whose acknowledgment may still count, per host; the oldest are forgotten first. */
export const unackedMessages = 256;

/** Stop candidates read from one agent message. */
export const stopCandidates = 10_000;

/** Instances marked in one transaction. */
export const instancesPerTransaction = 200;

/** Tasks read from one telemetry message; the stock agent sends at most 10. */
export const tasksPerTelemetryMessage = 1000;

/** How the dispatcher keeps its times; every member can be set. */
export interface DispatchSettings {
  /** Between two heartbeats, ms. Agents leave a silent connection after 60 s. */
  readonly heartbeatMs: number;
  /** How long an agent may owe the answer to a heartbeat, ms. A slow payload may hold it up for 30 s and more. */
  readonly ackDeadlineMs: number;
  /** Signs of life of hosts that are something beside tasks, while there are load balancers. */
  readonly pulse: PulseOptions;
  /** How long a telemetry connection may be silent, ms. Agents publish every 20 s. */
  readonly telemetryIdleMs: number;
  /** How long an agent may be away before it counts as disconnected, ms. */
  readonly disconnectGraceMs: number;
  /** The same for one whose host can carry load balancers, which others then do, ms. */
  readonly carrierGraceMs: number;
  /** How long a deregistered instance may stay connected to stop its tasks, ms. */
  readonly retireMs: number;
  /** Before a message without an answer is sent again, ms: the first wait, and the longest. */
  readonly resendMs: { readonly first: number; readonly max: number };
}

export const defaultDispatchSettings: DispatchSettings = {
  heartbeatMs: 25_000,
  ackDeadlineMs: 45_000,
  // Traffic is to recover within 10 s of a host's silence; what stands still for less than 3 s is not gone.
  pulse: { everyMs: 2_000, silentMs: 3_000, deadMs: 10_000 },
  telemetryIdleMs: 180_000,
  disconnectGraceMs: 10_000,
  carrierGraceMs: 4_000,
  retireMs: 5_000,
  resendMs: { first: 15_000, max: 120_000 },
};

/** How long an agent may look for a device of a task. Source: the default of amazon-ecs-agent. */
export const attachmentWaitMs = 300_000;
