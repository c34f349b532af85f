import type { Tag } from '#model';
import { ApiError } from '#wire/aws';
import type { OperationContext } from '../operation.ts';

type TagInput = readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[] | undefined;

/** The tags of a request. InvalidTagsToAddException. */
export function tagsFrom(tags: TagInput): readonly Tag[] {
  const seen = new Set<string>();
  return (tags ?? []).map(({ Key = '', Value = '' }) => {
    if (Key === '' || Key.length > 128 || Value.length > 256) {
      throw invalidTags('A tag needs a key of 1 to 128 characters and a value of at most 256.');
    }
    if (/^aws:/i.test(Key)) throw invalidTags('Tag keys that start with aws: are reserved for AWS use.');
    if (seen.has(Key)) throw invalidTags(`Duplicate tag key: ${Key}`);
    seen.add(Key);
    return { key: Key, value: Value };
  });
}

/** The tags after adding some; those with the same keys are replaced. */
export function taggedWith(
  current: readonly Tag[],
  added: readonly Tag[],
  { settings }: Pick<OperationContext, 'settings'>,
): readonly Tag[] {
  const keys = new Set(added.map(({ key }) => key));
  const tags = [...current.filter(({ key }) => !keys.has(key)), ...added];
  const { tagsPerResource } = settings.quotas;
  if (tags.length > tagsPerResource) throw invalidTags(`A resource can have no more than ${tagsPerResource} tags.`);
  return tags;
}

function invalidTags(message: string): ApiError {
  return new ApiError('InvalidTagsToAddException', message);
}

export function presentTags(tags: readonly Tag[]): { Key: string; Value: string }[] {
  return tags.map(({ key, value }) => ({ Key: key, Value: value }));
}
