/** What an installation decides for tasks that wait for an instance of their capacity provider. */
export interface CapacitySettings {
  /** How long a task waits in PROVISIONING before it is stopped; ECS waits 10 to 30 minutes. */
  readonly provisioningWaitMs: number;
}

export const defaultCapacitySettings: CapacitySettings = { provisioningWaitMs: 15 * 60_000 };
