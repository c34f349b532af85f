import type { Tag } from '#model';
import { ApiError } from '#wire/aws';
import type { OperationContext } from '../operation.ts';
import { invalidParameter } from './errors.ts';

export type TagMap = Readonly<Record<string, string>>;

/** The tags of a request, whose characters and lengths the wire has checked. */
export function tagsFrom(tags: TagMap | undefined): readonly Tag[] {
  return Object.entries(tags ?? {}).map(([key, value]) => {
    if (/^aws:/i.test(key)) throw invalidParameter('Tag keys that start with aws: are reserved for AWS use.');
    return { key, value };
  });
}

/** The tags after adding some; those with the same keys are replaced. TooManyTagsException above the quota. */
export function taggedWith(
  current: readonly Tag[],
  added: readonly Tag[],
  { settings }: Pick<OperationContext, 'settings'>,
): readonly Tag[] {
  const keys = new Set(added.map(({ key }) => key));
  const tags = [...current.filter(({ key }) => !keys.has(key)), ...added];
  const { tagsPerResource } = settings.quotas;
  if (tags.length > tagsPerResource) {
    throw new ApiError('TooManyTagsException', `The resource can have no more than ${tagsPerResource} tags.`);
  }
  return tags;
}

export function untagged(current: readonly Tag[], keys: readonly string[]): readonly Tag[] {
  const gone = new Set(keys);
  return current.filter(({ key }) => !gone.has(key));
}

export function tagMap(tags: readonly Tag[]): TagMap {
  return Object.fromEntries(tags.map(({ key, value }) => [key, value]));
}
