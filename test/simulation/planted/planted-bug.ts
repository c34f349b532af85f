/** A bug that is not in the product: pieces of its source that are replaced while it is loaded. */
export interface PlantedBug {
  readonly name: string;
  readonly is: string;
  /** The faults that bring it out, when others would hide it; default all. */
  readonly faults?: string;
  /** Only services behind a load balancer bring it out. */
  readonly balanced?: true;
  readonly patches: readonly { readonly file: string; readonly find: string; readonly replace: string }[];
}
