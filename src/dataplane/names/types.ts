/** Numbers of DNS that are used here. Source: IANA, "Domain Name System (DNS) Parameters". */
export const recordTypes = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  PTR: 12,
  MX: 15,
  TXT: 16,
  AAAA: 28,
  SRV: 33,
  OPT: 41,
  ANY: 255,
  CAA: 257,
} as const;

export type RecordType = keyof typeof recordTypes;

export const rcodes = { NOERROR: 0, FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5, BADVERS: 16 } as const;
export type Rcode = (typeof rcodes)[keyof typeof rcodes];

/** What a record says: bytes, and behind them perhaps a name; `tail` comes after the name. */
export interface Rdata {
  readonly bytes: Uint8Array;
  readonly name?: string;
  /** Whether the name may be written by pointing at one before; not so in SRV. */
  readonly compress?: boolean;
  readonly second?: string;
  readonly tail?: Uint8Array;
}

export interface ResourceRecord {
  /** Without the last dot. */
  readonly name: string;
  readonly type: number;
  /** Seconds. */
  readonly ttl: number;
  readonly data: Rdata;
  /** The whole record as it stands in an answer to a question for its name: for data without names in it. */
  readonly wire?: Uint8Array;
}
