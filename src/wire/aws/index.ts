export { ApiError, type ApiErrorOptions } from './api-error.ts';
export { bodyLimitOf, bodyTooLarge, decodeBody } from './body.ts';
export { type Family, familyOf, notServed, unknownOperation } from './family.ts';
export type { Answer, Checked, InputOf, JsonValue, OperationName, OutputOf } from './handlers.ts';
export { createJsonClient, type JsonClient, type JsonClientOptions } from './json-client.ts';
export { createJsonReader, type JsonObject, type JsonReader, type JsonReaderOptions, parseJson } from './json-read.ts';
export { createJsonWriter, type JsonWriter } from './json-write.ts';
export { loadModel, loadService, type Model, type OperationModel, type ServiceModel } from './model.ts';
export type { ErrorContext } from './protocol/answer.ts';
export { type Codec, createCodec, type Route } from './protocol/codec.ts';
export { createQueryClient, type QueryClient } from './query-client.ts';
export { headerOf, mediaTypeOf, splitTarget, type WireAnswer, type WireHeaders, type WireRequest } from './request.ts';
export type {
  CreateAccountOutput,
  DescribeNetworkOutput,
  DescribePlatformOutput,
  PlatformHost,
  RoadsteadAccount,
  RoadsteadContainerUsage,
  RoadsteadEvent,
  RoadsteadModule,
  RoadsteadOperation,
  RoadsteadOperations,
  RoadsteadStatistic,
  RoadsteadTaskUsage,
} from './roadstead.ts';
export { createRouter, type RouteFailure, type RouteResult, type Router } from './route.ts';
export type { Constraint, ListShape, MapShape, Member, Shape, StructureShape, Traits } from './shape.ts';
export type { ClientRequest, ClientResponse, SendRequest } from './signed-call.ts';
export { SigningKeys } from './sigv4-canonical.ts';
export { KnownSigners } from './sigv4-claim.ts';
export { type Credentials, presignUrl, type SignOptions, signRequest } from './sigv4-sign.ts';
export { type VerifiedSignature, type VerifyOptions, verifySignature } from './sigv4-verify.ts';
export type {
  Additions,
  ConstraintEntry,
  ConstraintsSnapshot,
  MemberEntry,
  OperationEntry,
  ProtocolName,
  ServiceFacts,
  ServiceSnapshot,
  ServicesSnapshot,
  ShapeEntry,
  Target,
  TraitsEntry,
} from './snapshot.ts';
