/**
 * The committed form of a service's API: what `tools/model/snapshot.ts` writes to `src/wire/shapes/<service>.json` and
 * {@link loadService} reads. A target is the name of another shape, or the number the official client uses for an
 * unnamed simple shape (see `shape.ts`); traits are the client's own: a bit vector, or an object by trait name.
 */
export interface ServiceSnapshot {
  /** Says that the file is generated, by what and from which package and version. */
  readonly generated: string;
  readonly service: ServiceFacts;
  readonly operations: Readonly<Record<string, OperationEntry>>;
  readonly shapes: Readonly<Record<string, ShapeEntry>>;
}

/** `rpcv2Cbor` requests carry no `X-Amz-Target` but a `smithy-protocol` header. */
export type ProtocolName =
  | 'awsJson1_0'
  | 'awsJson1_1'
  | 'awsQuery'
  | 'ec2Query'
  | 'restJson1'
  | 'restXml'
  | 'rpcv2Cbor';

/** What a service is called in the places where a request names it. */
export interface ServiceFacts {
  /** Our key, and the snapshot's file name: `ecs`. */
  readonly key: string;
  /** AWS's name for people: `Amazon ECS`. */
  readonly title: string;
  /** The service in a signature's scope. */
  readonly signingName: string;
  /** The first label or labels of its host name at AWS, where it differs from the signing name. */
  readonly hostPrefix: string;
  /** The first is what the official clients use today. */
  readonly protocols: readonly ProtocolName[];
  /** What stands before the operation in `X-Amz-Target`. Clients of one service may differ. */
  readonly targetPrefixes: readonly string[];
  /** The API version: `Version` of the query protocols. */
  readonly version: string;
  readonly xmlNamespace?: string | undefined;
  /** JSON answers also name the code of the older query protocol in `x-amzn-query-error`. */
  readonly queryCompatible?: boolean | undefined;
  /** The error that a request of the wrong shape gets. */
  readonly validationError: string;
}

/** Every service our table names, served or not: `src/wire/shapes/services.json`. */
export interface ServicesSnapshot {
  readonly generated: string;
  readonly services: readonly ServiceFacts[];
}

export type TraitsEntry = number | Readonly<Record<string, unknown>>;

export interface OperationEntry {
  readonly traits?: TraitsEntry;
  /** Absent: the operation takes nothing. */
  readonly input?: string;
  /** Absent: the operation answers nothing. */
  readonly output?: string;
}

export type Target = number | string;
export type MemberEntry = Target | { readonly target: Target; readonly traits: TraitsEntry };

export type ShapeEntry = StructureEntry | ListEntry | MapEntry | SimpleEntry;

export interface StructureEntry {
  readonly kind: 'structure' | 'union' | 'error';
  readonly traits?: TraitsEntry;
  /** The first so many members are required. */
  readonly required?: number;
  readonly members: Readonly<Record<string, MemberEntry>>;
}

export interface ListEntry {
  readonly kind: 'list';
  readonly traits?: TraitsEntry;
  readonly member: MemberEntry;
}

export interface MapEntry {
  readonly kind: 'map';
  readonly traits?: TraitsEntry;
  readonly key: MemberEntry;
  readonly value: MemberEntry;
}

export interface SimpleEntry {
  readonly kind: 'simple';
  readonly traits?: TraitsEntry;
  readonly target: number;
}

/**
 * What the client's schemas leave out, from a published model: `src/wire/shapes/<service>.constraints.json`, keyed
 * `Struct.member`. `member`, `key` and `value` constrain a list's or a map's parts.
 */
export interface ConstraintsSnapshot {
  readonly generated: string;
  readonly enums: Readonly<Record<string, readonly string[]>>;
  readonly members: Readonly<Record<string, ConstraintEntry>>;
}

export interface ConstraintEntry {
  /** A name in `enums`. */
  readonly enum?: string;
  /** ECMAScript, compiled with the `u` flag; the whole text must match. */
  readonly pattern?: string;
  /** Least value, length or count. */
  readonly min?: number;
  readonly max?: number;
  /** Which number; the client's schemas tell none from another. */
  readonly number?: 'integer' | 'long' | 'float' | 'double';
  readonly member?: ConstraintEntry;
  readonly key?: ConstraintEntry;
  readonly value?: ConstraintEntry;
}

/** Members that no published model has but clients send: name to member entry, by structure. */
export type Additions = Readonly<Record<string, Readonly<Record<string, MemberEntry>>>>;
