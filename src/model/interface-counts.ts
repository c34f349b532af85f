/** Families of EC2 instance types that are alike, with `size count` pairs. */
export interface InterfaceCounts {
  readonly families: string;
  /** Network interfaces of an instance, its own among them. Source: EC2 DescribeInstanceTypes. */
  readonly interfaces: string;
  /**
   * awsvpc tasks that an instance with a trunk interface may have; absent where it can have none. Source: "Elastic
   * network interface trunking" in the ECS developer guide.
   */
  readonly trunked?: string;
}

const upTo4xlarge = 'large 3, xlarge 4, 2xlarge 4, 4xlarge 8';
const trunkedUpTo4xlarge = 'large 10, xlarge 20, 2xlarge 40, 4xlarge 60';
const small = 'nano 2, micro 2';

/** The types that are known; a row or a family more is all that another needs. */
export const interfaceCounts: readonly InterfaceCounts[] = [
  { families: 't2', interfaces: `${small}, small 3, medium 3, large 3, xlarge 3, 2xlarge 3` },
  { families: 't3 t4g', interfaces: `${small}, small 3, medium 3, large 3, xlarge 4, 2xlarge 4` },
  { families: 't3a', interfaces: `${small}, small 2, medium 3, large 3, xlarge 4, 2xlarge 4` },
  { families: 'm4', interfaces: 'large 2, xlarge 4, 2xlarge 4, 4xlarge 8, 10xlarge 8, 16xlarge 8' },
  { families: 'c4', interfaces: `${upTo4xlarge}, 8xlarge 8` },
  { families: 'r4', interfaces: `${upTo4xlarge}, 8xlarge 8, 16xlarge 15` },
  {
    families: 'a1',
    interfaces: `medium 2, ${upTo4xlarge}`,
    trunked: `medium 10, ${trunkedUpTo4xlarge}`,
  },
  {
    families: 'c5 c5d',
    interfaces: `${upTo4xlarge}, 9xlarge 8, 12xlarge 8, 18xlarge 15, 24xlarge 15, metal 15`,
    trunked: `${trunkedUpTo4xlarge}, 9xlarge 60, 12xlarge 60, 18xlarge 120, 24xlarge 120`,
  },
  {
    families: 'c5a c5ad m5 m5a m5ad m5d r5 r5a r5ad r5d',
    interfaces: `${upTo4xlarge}, 8xlarge 8, 12xlarge 8, 16xlarge 15, 24xlarge 15, metal 15`,
    trunked: `${trunkedUpTo4xlarge}, 8xlarge 60, 12xlarge 60, 16xlarge 120, 24xlarge 120`,
  },
  {
    families: 'm5n m5dn r5n r5dn r5b',
    interfaces: `${upTo4xlarge}, 8xlarge 8, 12xlarge 8, 16xlarge 15, 24xlarge 15, metal 15`,
  },
  {
    families: 'c6g c6gd c6gn c7g m6g m6gd m7g r6g r6gd r7g',
    interfaces: `medium 2, ${upTo4xlarge}, 8xlarge 8, 12xlarge 8, 16xlarge 15, metal 15`,
    trunked: `medium 4, ${trunkedUpTo4xlarge}, 8xlarge 60, 12xlarge 60, 16xlarge 120, metal 120`,
  },
  {
    families: 'c6a c6i c6id m6a m6i m6id r6a r6i r6id',
    interfaces: `${upTo4xlarge}, 8xlarge 8, 12xlarge 8, 16xlarge 15, 24xlarge 15, 32xlarge 15, 48xlarge 15, metal 15`,
    trunked: `${trunkedUpTo4xlarge}, 8xlarge 90, 12xlarge 120, 16xlarge 120, 24xlarge 120, 32xlarge 120, 48xlarge 120, metal 120`,
  },
  {
    families: 'c7a c7i m7a m7i r7a r7i',
    interfaces: `${upTo4xlarge}, 8xlarge 8, 12xlarge 8, 16xlarge 15, 24xlarge 15, 48xlarge 15`,
  },
  { families: 'c7gd m7gd r7gd', interfaces: `medium 2, ${upTo4xlarge}, 8xlarge 8, 12xlarge 8, 16xlarge 15` },
  {
    families: 'g4dn',
    interfaces: 'xlarge 3, 2xlarge 3, 4xlarge 3, 8xlarge 4, 12xlarge 8, 16xlarge 4, metal 15',
  },
  {
    families: 'g5',
    interfaces: 'xlarge 4, 2xlarge 4, 4xlarge 8, 8xlarge 8, 12xlarge 15, 16xlarge 8, 24xlarge 15, 48xlarge 7',
    trunked: 'xlarge 6, 2xlarge 19, 4xlarge 40, 8xlarge 90, 12xlarge 120, 16xlarge 120, 24xlarge 120, 48xlarge 120',
  },
  { families: 'p3', interfaces: '2xlarge 4, 8xlarge 8, 16xlarge 8', trunked: '2xlarge 40, 8xlarge 60, 16xlarge 120' },
  { families: 'p4d', interfaces: '24xlarge 60', trunked: '24xlarge 120' },
];
