import type { EngineContainer, EngineTask } from '../task/state.ts';
import { type EndpointAnswer, jsonAnswer } from './port.ts';

/**
 * What a container is associated with, of a type (`<type>`: the names; `<type>/<name>`: the content of one).
 * `undefined` when there is no such thing.
 */
export function answerAssociations(
  { payload }: EngineTask,
  { name: container }: EngineContainer,
  [type, name, ...more]: readonly string[],
): EndpointAnswer | undefined {
  const own = (payload.associations ?? []).filter((each) => each.type === type && each.containers.includes(container));
  if (type === undefined || more.length > 0) return undefined;
  if (name === undefined) return jsonAnswer(200, { Associations: own.map((each) => each.name) });
  const found = own.find((each) => each.name === name);
  if (found === undefined) return undefined;
  const { encoding, value } = found.content;
  const body = encoding === 'base64' ? Buffer.from(value, 'base64').toString('utf8') : value;
  return { status: 200, contentType: 'application/json', body };
}
