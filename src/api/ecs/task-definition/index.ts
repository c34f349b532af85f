export { type ListPage, type ListPosition, pageOfRevisions, revisionPosition, revisionToken } from './listing.ts';
export { parseTaskDefinition, sizeRefusal } from './parse.ts';
export { presentTaskDefinition } from './present.ts';
export {
  findTaskDefinition,
  parseTaskDefinitionReference,
  refuseUnboundGpus,
  resolveTaskDefinition,
  taskDefinitionResource,
} from './resolve.ts';
export { isRole } from './rules/names.ts';
export { deviceRefusal } from './rules/platform.ts';
export { environmentFilesRefusal } from './rules/secrets.ts';
export { ephemeralStorageRefusal } from './rules/volumes.ts';
export { isFargateSize, normaliseTaskCpu, normaliseTaskMemory } from './size.ts';
