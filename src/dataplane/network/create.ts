import type { Clock, Logger } from '#base';
import { Fabric } from '../fabric/fabric.ts';
import { HostOverlay } from '../fabric/overlay.ts';
import { SystemCommands } from '../fabric/system-commands.ts';
import { Firewall } from '../firewall/firewall.ts';
import { ownerNumber } from '../firewall/names.ts';
import { SystemNft } from '../firewall/system-nft.ts';
import { HostNetwork } from './host-network.ts';

export interface CreateHostNetworkOptions {
  /** Marks all that is this agent's: several may share a host. */
  readonly owner: string;
  readonly underlayAddress?: string;
  readonly securityGroups?: readonly string[];
  readonly judgesHost?: boolean;
}

/** The network of this machine, by its own tools. */
export function createHostNetwork(
  { owner, underlayAddress, securityGroups = [], judgesHost = false }: CreateHostNetworkOptions,
  deps: { readonly clock: Clock; readonly log: Logger },
): HostNetwork {
  const commands = new SystemCommands();
  const mark = ownerNumber(owner);
  const fabricOf = (devices: string): Fabric =>
    new Fabric({ owner: devices, deviceGroup: mark }, { ...deps, commands });
  return new HostNetwork(
    { deviceGroup: mark, securityGroups, judgesHost, ...(underlayAddress === undefined ? {} : { underlayAddress }) },
    {
      ...deps,
      fabric: fabricOf(owner),
      fabricOf,
      firewall: new Firewall({ owner }, { ...deps, commands: new SystemNft() }),
      overlay: new HostOverlay({ metric: mark }, { ...deps, commands }),
    },
  );
}
