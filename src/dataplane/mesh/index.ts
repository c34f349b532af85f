export { type MeshDocuments, meshKinds } from './documents.ts';
export { Mesh, type ProxyProgram } from './mesh.ts';
export { meshProblems } from './probe.ts';
export type { ProxyContainer } from './task-proxy.ts';
