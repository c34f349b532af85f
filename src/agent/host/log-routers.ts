import type { Availability } from './network.ts';

/** What the log router of a task reads. */
export interface RouterFiles {
  /** Text of its main configuration file. */
  readonly configuration: string;
  /** The file that it includes, where that comes from S3. */
  readonly external?: Uint8Array;
  /** Who makes the socket: `uid`, `uid:gid` or `uid:group`; absent or empty: root. */
  readonly user?: string;
}

/** Where the files of a task's router are on the engine's host. */
export interface RouterPaths {
  /** The main configuration file. */
  readonly configuration: string;
  /** What it includes from S3. */
  readonly external: string;
  /** The folder that its socket is made in, and the socket. */
  readonly sockets: string;
  readonly socket: string;
}

/** Files of log routers, as a port: a folder for each task, on the engine's host. Every call may be repeated. */
export interface LogRouters {
  probe(): Promise<Availability>;
  /** Throws Fault `Firelens` for a user that is not a number. */
  write(taskId: string, files: RouterFiles): Promise<void>;
  pathsOf(taskId: string): RouterPaths;
  /** Nothing happens when it is gone already. */
  remove(taskId: string): Promise<void>;
  /** Removes the folders of all other tasks. Each is asked for just before: a task may have come meanwhile. */
  keepOnly(isKept: (taskId: string) => boolean): Promise<void>;
}
