/** The GPUs of a host, as its driver names them. */
export interface HostGpus {
  /** `GPU-` and a UUID each: what container engines and task definitions' placements call them by. */
  readonly ids: readonly string[];
  /** Of the driver, e.g. `550.54.14`; absent where it does not say. */
  readonly driverVersion?: string;
}

/** Finds the GPUs of this host; none is no failure. */
export type FindGpus = () => Promise<HostGpus>;
