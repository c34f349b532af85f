/** What a caller of AWS APIs needs, without the shapes of any service: a short command loads nothing more. */
export { ApiError } from './api-error.ts';
export { type ClientResponse, createJsonClient, type SendRequest } from './json-client.ts';
export { type Credentials, signRequest } from './sigv4-sign.ts';
