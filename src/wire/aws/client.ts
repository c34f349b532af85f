/** What a caller of AWS APIs needs, without the shapes of any service: a short command loads nothing more. */
export { ApiError } from './api-error.ts';
export { createJsonClient } from './json-client.ts';
export type { ClientResponse, SendRequest } from './signed-call.ts';
export { type Credentials, signRequest } from './sigv4-sign.ts';
