/**
 * Ends what an engine that was killed as it started a container left of it: a process of whose container the engine
 * says that it does not run, and which it never ends by itself. Resolves when it is gone; nothing happens when there is
 * none.
 */
export type EndLeftover = (containerId: string) => Promise<void>;
