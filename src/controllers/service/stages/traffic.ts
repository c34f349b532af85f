import type { Service, ServiceRevisionArn } from '#model';

/** Percent of each kind of traffic for a revision; those of both revisions add up to 100. */
interface RevisionWeights {
  /** Absent: there is no such revision, and its share goes nowhere. */
  readonly serviceRevisionArn?: ServiceRevisionArn;
  readonly production: number;
  readonly test: number;
}

/** How the traffic of a service is to be shared out. */
export interface TrafficWeights {
  readonly source: RevisionWeights;
  readonly target: RevisionWeights;
}

/** Whoever shares traffic out: it follows the weights in the service deployments. */
export interface TrafficShift {
  /** Whether the traffic goes as the weights have it. Read inside a transaction: from memory, at once. */
  inPlace(service: Service, weights: TrafficWeights): boolean;
  /** Why it can never be: the end of a sentence. Absent: nothing is in the way. */
  trouble?(service: Service, weights: TrafficWeights): string | undefined;
}
