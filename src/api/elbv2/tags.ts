import type { Tag } from '#model';
import { ApiError } from '#wire/aws';
import { validationError } from './errors.ts';
import { limits } from './limits.ts';
import type { TagInput } from './service.ts';

/** The tags of a request, each key once. */
export function checkedTags(tags: readonly TagInput[] | undefined): readonly Tag[] {
  const keys = new Set<string>();
  return withinQuota(
    (tags ?? []).map(({ Key, Value = '' }) => {
      if (Key === '' || Key.length > 128) throw validationError('Tag keys must have 1 to 128 characters');
      if (Value.length > 256) throw validationError('Tag values can have at most 256 characters');
      if (/^aws:/i.test(Key)) throw validationError('Tag keys that start with aws: are reserved for AWS use');
      if (keys.has(Key)) throw new ApiError('DuplicateTagKeys', `Duplicate tag key '${Key}' was specified`);
      keys.add(Key);
      return { key: Key, value: Value };
    }),
  );
}

/** The tags after adding some; those with the same keys are replaced. */
export function taggedWith(current: readonly Tag[], added: readonly Tag[]): readonly Tag[] {
  const keys = new Set(added.map(({ key }) => key));
  return withinQuota([...current.filter(({ key }) => !keys.has(key)), ...added]);
}

function withinQuota(tags: readonly Tag[]): readonly Tag[] {
  if (tags.length > limits.tags) {
    throw new ApiError('TooManyTags', `You've reached the limit on the number of tags per resource: ${limits.tags}`);
  }
  return tags;
}

/** Whether two lists hold the same tags, in whatever order. */
export function sameTags(a: readonly Tag[], b: readonly Tag[]): boolean {
  const text = (tags: readonly Tag[]): string =>
    tags
      .map(({ key, value }) => JSON.stringify([key, value]))
      .sort()
      .join();
  return text(a) === text(b);
}
