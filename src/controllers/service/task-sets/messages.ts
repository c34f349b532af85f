import type { DeploymentId } from '#model';

/** The service events of task sets, as ECS words them. Source: "Amazon ECS service event messages", and observed. */
export const taskSetMessages = {
  computed: (service: string, id: DeploymentId, count: number): string =>
    `(service ${service}) updated computedDesiredCount for taskSet ${id} to ${count}.`,
  steady: (service: string, id: DeploymentId): string =>
    `(service ${service}, taskSet ${id}) updated state to STEADY_STATE.`,
};
