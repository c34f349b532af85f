import type * as Ecs from '@aws-sdk/client-ecs';
import type { InputOf } from '#wire/aws';
import { invalidParameter } from '../errors.ts';

type ScaleInput = InputOf<typeof Ecs, 'UpdateTaskSet'>['scale'];

/** `unit` has one value only. Percent of the service's desired count: 0 to 100, with fractions; 0 when nothing is said. */
export function checkedScale(scale: ScaleInput | undefined): number {
  const { value = 0 } = scale ?? {};
  if (!(value >= 0 && value <= 100)) throw invalidParameter('The scale value must be between 0 and 100.');
  return value;
}
