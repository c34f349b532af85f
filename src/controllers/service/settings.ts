/** What an installation decides for all services. */
export interface ServiceSettings {
  /**
   * How long a task without container health checks must have been RUNNING before a deployment counts on it. ECS waits
   * 40 s; the default of 5 s keeps local deployments quick and still notices a task that dies on start. Outside of
   * deployments a RUNNING task counts at once.
   */
  readonly healthySettleMs: number;
}

export const defaultServiceSettings: ServiceSettings = { healthySettleMs: 5_000 };
