import type { Tag } from '#model';
import { ApiError } from '#wire/aws';
import { invalidParameterValue } from './errors.ts';

interface TagShape {
  readonly Key?: string | undefined;
  readonly Value?: string | undefined;
}

interface TagSpecification {
  readonly ResourceType?: string | undefined;
  readonly Tags?: readonly TagShape[] | undefined;
}

/** Tags a resource may have. Source: "Tag restrictions" in the EC2 user guide. */
const mostTags = 50;

/** The tags of a request, checked. */
export function tagsFrom(given: readonly TagShape[] | undefined): readonly Tag[] {
  return (given ?? []).map(({ Key: key = '', Value: value = '' }) => {
    if (key === '') throw invalidParameterValue('Tag keys cannot be empty.');
    if (/^aws:/i.test(key)) {
      throw invalidParameterValue(
        `Value ( ${key} ) for parameter key is invalid. Tag keys starting with 'aws:' are reserved for internal use`,
      );
    }
    if (key.length > 127) {
      throw invalidParameterValue(`Tag key exceeds the maximum length of 127 characters: '${key}'`);
    }
    if (value.length > 255) {
      throw invalidParameterValue(`Tag value exceeds the maximum length of 255 characters: '${value}'`);
    }
    return { key, value };
  });
}

/** The tags after adding some; those with the same keys are replaced. TagLimitExceeded above 50. */
export function taggedWith(current: readonly Tag[] | undefined, added: readonly Tag[]): readonly Tag[] {
  const keys = new Set(added.map(({ key }) => key));
  const tags = [...(current ?? []).filter(({ key }) => !keys.has(key)), ...added];
  if (tags.length > mostTags) {
    throw new ApiError('TagLimitExceeded', `The maximum number of Tags for a resource has been reached.`);
  }
  return tags;
}

/** What a request puts on the resources of a type it makes, as a record keeps it: no member when there are none. */
export function newTags(
  specifications: readonly TagSpecification[] | undefined,
  type: string,
): { readonly tags?: readonly Tag[] } {
  const given = (specifications ?? []).flatMap((each) => {
    if (each.ResourceType !== type) {
      throw invalidParameterValue(
        `'${each.ResourceType ?? ''}' is not a valid taggable resource type for this operation.`,
      );
    }
    return each.Tags ?? [];
  });
  const tags = tagsFrom(given);
  const twice = tags.find(({ key }, index) => tags.findIndex((each) => each.key === key) !== index);
  if (twice !== undefined) {
    throw invalidParameterValue(`Duplicate tag key '${twice.key}' specified.`);
  }
  return tags.length === 0 ? {} : { tags: taggedWith([], tags) };
}

/** As answers show them. */
export function presentTags(tags: readonly Tag[] | undefined) {
  return (tags ?? []).map(({ key, value }) => ({ Key: key, Value: value }));
}
