export { type ListPage, type ListPosition, pageOfRevisions, revisionPosition, revisionToken } from './listing.ts';
export { parseTaskDefinition, sizeRefusal } from './parse.ts';
export { presentTaskDefinition } from './present.ts';
export {
  findTaskDefinition,
  parseTaskDefinitionReference,
  resolveTaskDefinition,
  taskDefinitionResource,
} from './resolve.ts';
export { isFargateSize, normaliseTaskCpu, normaliseTaskMemory } from './size.ts';
