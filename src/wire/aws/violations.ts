import { ApiError } from './api-error.ts';
import type { Constraint, Member } from './shape.ts';

/** What one member of a request does wrong. */
export interface Violation {
  readonly path: string;
  /** As it may be shown; `null` when it is missing, `undefined` when it is long or secret. */
  readonly value: string | null | undefined;
  readonly constraint: string;
}

/** The error that violations are answered with; `found` has at least one. */
export type Refuse = (found: readonly Violation[]) => ApiError;

/** What a request's shape does wrong. */
export class Violations {
  readonly #found: Violation[] = [];

  /** False when no more will be taken: reading may as well stop. */
  get open(): boolean {
    return this.#found.length < maxViolations;
  }

  add(path: string, value: string | null | undefined, constraint: string): void {
    if (this.open) this.#found.push({ path, value, constraint });
  }

  /** Throws when anything was found. */
  check(refuse: Refuse): void {
    if (this.#found.length > 0) throw refuse(this.#found);
  }
}

/**
 * In the words of AWS's service framework:
 * `1 validation error detected: Value null at 'taskDefinition' failed to satisfy constraint: Member must not be null`.
 * Observed; the wording is not documented.
 */
export function frameworkRefusal(code: string): Refuse {
  return (found) => {
    const noun = found.length === 1 ? 'error' : 'errors';
    const sentences = found.map(({ path, value, constraint }) => {
      const shownValue = value === undefined ? 'Value' : `Value ${value === null ? 'null' : `'${value}'`}`;
      return `${shownValue} at '${path}' failed to satisfy constraint: ${constraint}`;
    });
    return new ApiError(code, `${found.length} validation ${noun} detected: ${sentences.join('; ')}`);
  };
}

/** The constraint of a member that must be there. */
export const notNull = 'Member must not be null';

/** Enough to be helpful, few enough to keep an answer short. */
const maxViolations = 10;
/** Longer values are not repeated to the caller. */
const maxShownCharacters = 128;

/** The value as a message may show it. */
export function shown(member: Pick<Member, 'sensitive'>, value: string | number): string | undefined {
  const text = String(value);
  return member.sensitive || text.length > maxShownCharacters ? undefined : text;
}

/**
 * Whether a leaf keeps its enum; with `everything`, also its pattern, length and range. The ECS service checks the
 * latter itself and in other words, so there they are left to the operations.
 */
export function violationOf(constraint: Constraint, value: string | number, everything: boolean): string | undefined {
  if (constraint.enum !== undefined && typeof value === 'string' && !constraint.enum.has(value)) {
    return `Member must satisfy enum value set: [${[...constraint.enum].join(', ')}]`;
  }
  if (!everything) return undefined;
  if (typeof value === 'number') return rangeViolation(constraint, value);
  if (constraint.pattern !== undefined && !constraint.pattern.test(value)) {
    return `Member must satisfy regular expression pattern: ${constraint.pattern.source.slice(4, -2)}`;
  }
  return lengthViolation(constraint, characterCount(value));
}

/** Unicode characters, as Smithy counts the length of a text. */
function characterCount(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

function rangeViolation(constraint: Constraint, value: number): string | undefined {
  if (constraint.min !== undefined && value < constraint.min) {
    return `Member must have value greater than or equal to ${constraint.min}`;
  }
  if (constraint.max !== undefined && value > constraint.max) {
    return `Member must have value less than or equal to ${constraint.max}`;
  }
  return undefined;
}

/** Length of a text in characters, or of a list or map in entries. */
export function lengthViolation(constraint: Constraint, length: number): string | undefined {
  if (constraint.min !== undefined && length < constraint.min) {
    return `Member must have length greater than or equal to ${constraint.min}`;
  }
  if (constraint.max !== undefined && length > constraint.max) {
    return `Member must have length less than or equal to ${constraint.max}`;
  }
  return undefined;
}
