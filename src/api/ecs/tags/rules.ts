import type { Tag } from '#model';
import { ApiError } from '#wire/aws';
import { defaultQuotas, type Quotas } from '../../operation.ts';
import { clientError, invalidParameter } from '../errors.ts';

/** The characters of keys and values: letters, digits, spaces and `+ - = . _ : / @`. */
const allowed = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

type TagQuota = Pick<Quotas, 'tagsPerResource'>;
type TagInput = { readonly key?: string | undefined; readonly value?: string | undefined };

/**
 * Checks the tags of a request. Source: "Tagging your Amazon ECS resources", tag restrictions: at most 50, keys of 1 to
 * 128 characters, values up to 256, no `aws:` prefix.
 */
export function checkedTags(
  input: readonly TagInput[] | undefined,
  { tagsPerResource }: TagQuota = defaultQuotas,
): readonly Tag[] {
  const tags = (input ?? []).map((tag) => ({ key: tag.key ?? '', value: tag.value ?? '' }));
  if (tags.length > tagsPerResource) {
    throw invalidParameter(`The number of tags exceeds the limit of ${tagsPerResource}.`);
  }
  const seen = new Set<string>();
  for (const { key, value } of tags) {
    if (key.length < 1 || key.length > 128) {
      throw invalidParameter('Tag keys must be between 1 and 128 characters in length.');
    }
    if (value.length > 256) throw invalidParameter('Tag values cannot be longer than 256 characters.');
    if (!allowed.test(key) || !allowed.test(value)) {
      throw invalidParameter(
        `Some tags contain invalid characters. Valid characters: UTF-8 letters, spaces, numbers and _ . / = + - : @.`,
      );
    }
    if (/^aws:/i.test(key)) {
      throw clientError(`Tag keys that start with the reserved prefix "aws:" can't be added or changed: ${key}`);
    }
    if (seen.has(key)) throw invalidParameter(`Duplicate tag key: ${key}`);
    seen.add(key);
  }
  return tags;
}

/** Earlier lists win: explicit tags before propagated ones. */
export function mergedTags(...lists: readonly (readonly Tag[])[]): readonly Tag[] {
  const byKey = new Map<string, Tag>();
  for (const tag of lists.flat()) if (!byKey.has(tag.key)) byKey.set(tag.key, tag);
  return [...byKey.values()];
}

/** The tags after TagResource: same keys are replaced. LimitExceededException above 50; those of ECS do not count. */
export function taggedWith(
  current: readonly Tag[],
  added: readonly Tag[],
  { tagsPerResource }: TagQuota,
): readonly Tag[] {
  const merged = mergedTags(added, current);
  if (merged.filter((tag) => !tag.key.startsWith('aws:')).length > tagsPerResource) {
    throw new ApiError('LimitExceededException', `The number of tags exceeds the limit of ${tagsPerResource}.`);
  }
  return merged;
}
