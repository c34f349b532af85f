import type { MeshProtocol } from '#wire/link';
import { word } from '../../haproxy/index.ts';

/**
 * By this header proxies know each other: a request that has it comes from one, and an answer that has it says that the
 * application was not reached, so that the caller's proxy asks another. Neither is seen by applications.
 */
export const meshHeader = 'x-roadstead-service-connect';

/** Requests that do no more when they are made twice. Source: RFC 9110, 9.2.2. */
export const idempotent = '{ method GET HEAD OPTIONS PUT DELETE TRACE }';

/**
 * The status by which a proxy tells another that it may ask elsewhere. Source: RFC 8470: the request was not processed.
 */
export const askElsewhere = 425;

/** The proxy's own answers, in the words of the one that ECS runs; to gRPC callers as statuses of gRPC. */
export function ownAnswers(protocol: MeshProtocol): readonly string[] {
  if (protocol === 'grpc') return grpcAnswers;
  return [
    `http-error status 503 content-type text/plain string ${word('no healthy upstream')}`,
    `http-error status 504 content-type text/plain string ${word('upstream request timeout')}`,
  ];
}

/** UNAVAILABLE and DEADLINE_EXCEEDED. An answer of gRPC's that is only a status has it among its headers. */
const grpcAnswers: readonly string[] = [
  ...[502, 503, 504].map((status) => `http-error status ${status}`),
  ...[
    [502, 14],
    [503, 14],
    [504, 4],
  ].flatMap(([status, code]) => [
    `http-after-response set-header content-type application/grpc if { status ${status} } !{ var(txn.answered) -m bool }`,
    `http-after-response set-header grpc-status ${code} if { status ${status} } !{ var(txn.answered) -m bool }`,
    `http-after-response set-status 200 if { status ${status} } !{ var(txn.answered) -m bool }`,
  ]),
];
