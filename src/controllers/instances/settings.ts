/** What an installation decides for all hosts. */
export interface InstancesSettings {
  /**
   * How long an agent may be away before services replace its tasks elsewhere. ECS itself never does; the default of
   * five minutes outlasts the restart of a host or of its agent.
   */
  readonly lostAfterMs: number;
}

export const defaultInstancesSettings: InstancesSettings = { lostAfterMs: 5 * 60_000 };
