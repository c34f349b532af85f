import type { ProxyProgram } from '../../host/task-proxies.ts';
import { pauseImage } from '../../runtime/pause-image.ts';
import type { ContainerBody } from '../../runtime/port.ts';

/**
 * The body of a proxy's container, over what any container of the task has (its namespace, control group, labels and log
 * driver): a program of the host, that may write nothing but its socket and has no right beyond its user's.
 */
export function proxyBody(body: ContainerBody, { command, user, binds }: ProxyProgram): ContainerBody {
  const [program = '', ...args] = command;
  return {
    ...body,
    Image: pauseImage,
    Entrypoint: [program],
    Cmd: args,
    Env: [],
    User: user,
    HostConfig: {
      ...body.HostConfig,
      Binds: [...binds],
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
    },
  };
}
