import { validationError } from './errors.ts';
import { limits } from './limits.ts';

/** Checks the name of a load balancer or a target group. Source: `Name` in the API reference; the sentences are observed. */
export function checkedName(name: string, of: 'Load balancer' | 'Target group'): string {
  if (name.length === 0) throw validationError(`${of} name cannot be empty`);
  if (name.length > limits.nameLength) {
    throw validationError(`${of} name '${name}' cannot be longer than '${limits.nameLength}' characters`);
  }
  if (!/^[A-Za-z0-9-]+$/.test(name)) {
    throw validationError(
      `${of} name '${name}' can only contain characters that are alphanumeric characters or hyphens(-)`,
    );
  }
  if (name.startsWith('-') || name.endsWith('-')) {
    throw validationError(`${of} name '${name}' cannot begin or end with '-'`);
  }
  if (of === 'Load balancer' && name.startsWith('internal-')) {
    throw validationError(`${of} name '${name}' cannot begin with 'internal-'`);
  }
  return name;
}
