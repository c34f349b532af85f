export { capacityOf, formatAddress, parseAddress, rangeOf } from './address.ts';
export {
  createDefaultSubnet,
  createDefaultVpc,
  type DefaultNetwork,
  ensureNetwork,
  findDefaultNetwork,
  overlappingVpc,
} from './default-network.ts';
export { freeAddressesOf, newInterface, newInterfaceIn, type WantedInterface } from './interfaces.ts';
export { choosePublicAddress, type PublicAddresses } from './public-addresses.ts';
export { type AddressRun, addressFor, type Hints } from './run.ts';
export { newVpc, putVpc, type VpcRecords } from './vpc.ts';
