/** A zone of names that only some VPCs see. */
export interface NameZoneDocument {
  /** Without the last dot: `web.local`. */
  readonly name: string;
  /** VPCs that see it; `'all'`: every VPC and the host itself. */
  readonly vpcIds: readonly string[] | 'all';
  /** How long an answer that there is nothing may be kept, seconds. */
  readonly negativeTtl: number;
}

/** All records of a name and type in a zone. */
export interface NameRecordDocument {
  readonly zoneId: string;
  /** Whole, lower case, without the last dot. */
  readonly name: string;
  readonly type: 'A' | 'AAAA' | 'CNAME' | 'SRV' | 'TXT' | 'MX' | 'PTR' | 'NS' | 'CAA';
  /** Seconds. */
  readonly ttl: number;
  /** `multivalue`: up to eight in random order. `weighted`: one, by weight. `simple`: all, in random order. */
  readonly routing: 'simple' | 'multivalue' | 'weighted';
  /**
   * In the text form of a zone file: an address, a name, `priority weight port target`. An alias is a name whose own
   * addresses are answered in its place.
   */
  readonly values: readonly { readonly value: string; readonly weight?: number; readonly alias?: true }[];
}
