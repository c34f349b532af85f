/** An invariant that does not hold: its name, what is wrong, and the records it is about. */
export class Violation extends Error {
  readonly invariant: string;
  /** Keys of records and names of hosts, to find the lines of the log that matter. */
  readonly about: readonly string[];

  constructor(invariant: string, message: string, about: readonly string[] = []) {
    super(message);
    this.invariant = invariant;
    this.about = about;
  }
}
