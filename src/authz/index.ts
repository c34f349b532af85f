export { type AccessDecision, type AccessQuestion, decideAccess } from './decide.ts';
