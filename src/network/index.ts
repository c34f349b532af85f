export { capacityOf, formatAddress, parseAddress, rangeOf } from './address.ts';
export {
  createDefaultSubnet,
  createDefaultVpc,
  type DefaultNetwork,
  ensureNetwork,
  findDefaultNetwork,
  overlappingVpc,
  putSubnet,
} from './default-network.ts';
export { isGroupNeeded, putGroup, removeGroup } from './groups.ts';
export {
  freeAddressesOf,
  isAddressUsed,
  isAssignable,
  newInterface,
  newInterfaceIn,
  type WantedInterface,
} from './interfaces.ts';
export { choosePublicAddress, isPublicAddress, type PublicAddresses } from './public-addresses.ts';
export { type AddressRun, addressFor, type Hints } from './run.ts';
export { newVpc, putVpc, type VpcRecords } from './vpc.ts';
