import type { SecretSource } from '#agent';
import { Fault } from '#base';

/** Secrets Manager is not there: nothing that needs it is announced, and a task that comes all the same is told why. */
export const noSecrets: SecretSource = {
  available: false,
  async fetch({ arn }) {
    throw new Fault(
      'Secret',
      `Secrets Manager is not part of this Roadstead yet, so ${arn} cannot be read. A registry's login can be given to ` +
        'the agents instead, as ECS_ENGINE_AUTH_TYPE and ECS_ENGINE_AUTH_DATA',
    );
  },
};
