import { type CommandBody, done } from '../invocation.ts';
import { type ListenOptions, serveInForeground, serverConfig } from '../serving.ts';

export interface ServerOptions extends ListenOptions {
  readonly joinFargatePool?: boolean;
  /** Seconds. */
  readonly lostAfter?: number;
  /** Seconds. */
  readonly provisioningWait?: number;
}

/** `roadstead server`: the control plane, until SIGTERM or SIGINT. */
export const server: CommandBody<ServerOptions> = async (invocation, _args, options) => {
  const config = await serverConfig(invocation, options, options.joinFargatePool === true);
  const { lostAfter, provisioningWait } = options;
  const controllers = {
    ...(lostAfter === undefined ? {} : { lostAfterMs: lostAfter * 1000 }),
    ...(provisioningWait === undefined ? {} : { provisioningWaitMs: provisioningWait * 1000 }),
  };
  await serveInForeground({ ...config, controllers: { ...config.controllers, ...controllers } }, invocation.deps);
  return done;
};
