import { type CommandBody, done } from '../invocation.ts';
import { type ListenOptions, serveInForeground, serverConfig } from '../serving.ts';

export interface ServerOptions extends ListenOptions {
  readonly joinFargatePool?: boolean;
}

/** `roadstead server`: the control plane, until SIGTERM or SIGINT. */
export const server: CommandBody<ServerOptions> = async (invocation, _args, options) => {
  const config = await serverConfig(invocation, options, options.joinFargatePool === true);
  await serveInForeground(invocation, config);
  return done;
};
