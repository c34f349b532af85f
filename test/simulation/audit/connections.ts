import type { Host } from '../world/host.ts';
import type { Incarnation } from '../world/incarnation.ts';
import type { Machine } from '../world/machine.ts';
import { Violation } from '../world/violation.ts';
import type { Replica } from './replica.ts';

/** Looks in a row, half a minute apart, at which the two sides may disagree: both notice within two minutes. */
const patience = 12;

/** Times an agent may connect between two looks, on two channels. */
const hurry = 200;

/** Whether agents and control plane agree on who is connected, wherever nothing is wrong for some minutes. */
export class Connections {
  readonly #disagreed = new Map<Host, number>();
  #process: Incarnation | undefined;

  look(hosts: readonly Host[], replica: Replica, machine: Machine): void {
    const troubled = machine.process?.plane === undefined || machine.process !== this.#process;
    this.#process = machine.process;
    for (const host of hosts) {
      const connects = host.peer.takeConnects();
      if (connects > hurry) {
        throw new Violation(
          'nobody calls without a pause',
          `${host.plan.id} connected ${connects} times in half a minute`,
        );
      }
      const instance = replica.table('containerInstances').get(host.agent.containerInstanceArn ?? '');
      const known = instance?.agentConnected ?? false;
      const agrees = instance === undefined || instance.status === 'INACTIVE' || known === host.agent.connected;
      const excused = troubled || machine.disk.refusal !== undefined || host.peer.troubled;
      const times = agrees || excused ? 0 : (this.#disagreed.get(host) ?? 0) + 1;
      this.#disagreed.set(host, times);
      if (times < patience) continue;
      const message = `${host.plan.id} is ${host.agent.connected ? '' : 'not '}connected and ${known ? 'is' : 'is not'} said to be`;
      throw new Violation('both sides know who is connected', message, [
        host.plan.id,
        instance?.containerInstanceArn ?? '',
      ]);
    }
  }
}
