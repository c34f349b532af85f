import { expect } from 'vitest';
import type { ApiHarness } from './api-harness.ts';

/** A rule of an operation: what breaks it, and a neighbour that keeps it. */
export interface Rule {
  readonly rule: string;
  readonly refused: object;
  /** InvalidParameterException unless said. */
  readonly code?: string;
  readonly text: string;
  /** Absent: nothing near it is right. */
  readonly accepted?: object;
}

type World = Pick<ApiHarness, 'call' | 'store'>;
type Call = readonly [operation: string, input: object];

/** Asserts that a call is refused so, and leaves the store as it was. */
export async function expectRefusal(
  { call, store }: World,
  [operation, input]: Call,
  { code = 'InvalidParameterException', text }: Pick<Rule, 'code' | 'text'>,
): Promise<void> {
  const before = store.revision;
  await expect(call(operation, input)).rejects.toMatchObject({ code, message: expect.stringContaining(text) });
  expect(store.revision).toBe(before);
}

/**
 * Asserts a rule of a call that is right but for it. The neighbour passes; where a part is not built, it reaches that
 * part's refusal, which has `reached` in it.
 */
export async function expectRule(
  world: World,
  [operation, input]: Call,
  rule: Rule,
  reached?: string | RegExp,
): Promise<void> {
  await expectRefusal(world, [operation, { ...input, ...rule.refused }], rule);
  if (rule.accepted === undefined) return;
  const neighbour = world.call(operation, { ...input, ...rule.accepted });
  if (reached === undefined) await expect(neighbour).resolves.toBeDefined();
  else await expect(neighbour).rejects.toThrow(reached);
}
