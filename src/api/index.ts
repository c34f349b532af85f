export { type Api, type ApiCall, createApi } from './door.ts';
export { type ApiSettings, defaultQuotas, type Quotas } from './operation.ts';
export { operations } from './operations.ts';
export { isAgentOperation } from './request-rates.ts';
export { newRootKey } from './roadstead/CreateAccount.ts';
export { Throttle } from './throttle.ts';
