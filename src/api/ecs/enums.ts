import { ApiError } from '#wire/aws';

/**
 * Checks a value of an enum that the constraint table of the shapes lacks, because the model it is made from is older
 * than the client. InvalidParameterException in the words of AWS's service framework, as for the others.
 */
export function checkedEnum<T extends string>(
  path: string,
  value: string | undefined,
  values: readonly T[],
): T | undefined {
  if (value === undefined || (values as readonly string[]).includes(value)) return value as T | undefined;
  throw new ApiError(
    'InvalidParameterException',
    `1 validation error detected: Value '${value}' at '${path}' failed to satisfy constraint: Member must satisfy enum value set: [${values.join(', ')}]`,
  );
}

/** The same for each value of a list. */
export function checkedEnums(path: string, given: readonly string[] | undefined, values: readonly string[]): void {
  for (const [index, value] of (given ?? []).entries()) checkedEnum(`${path}.${index + 1}.member`, value, values);
}
