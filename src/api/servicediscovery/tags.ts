import type { Tag } from '#model';
import type { OperationContext } from '../operation.ts';
import { invalidInput, tooManyTags } from './errors.ts';

type TagInput = readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[] | undefined;

/** The tags of a request, whose lengths the wire has checked. */
export function tagsFrom(tags: TagInput): readonly Tag[] {
  const seen = new Set<string>();
  return (tags ?? []).map(({ Key = '', Value = '' }) => {
    if (/^aws:/i.test(Key)) throw invalidInput('Tag keys that start with aws: are reserved for AWS use.');
    if (seen.has(Key)) throw invalidInput(`Duplicate tag key: ${Key}`);
    seen.add(Key);
    return { key: Key, value: Value };
  });
}

/** The tags after adding some; those with the same keys are replaced. TooManyTagsException above the quota. */
export function taggedWith(
  arn: string,
  current: readonly Tag[],
  added: readonly Tag[],
  { settings }: Pick<OperationContext, 'settings'>,
): readonly Tag[] {
  const keys = new Set(added.map(({ key }) => key));
  const tags = [...current.filter(({ key }) => !keys.has(key)), ...added];
  const { tagsPerResource } = settings.quotas;
  if (tags.length > tagsPerResource) throw tooManyTags(arn, tagsPerResource);
  return tags;
}

export function presentTags(tags: readonly Tag[]): { Key: string; Value: string }[] {
  return tags.map(({ key, value }) => ({ Key: key, Value: value }));
}
