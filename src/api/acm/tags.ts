import type { Tag } from '#model';
import { invalidTag, tooManyTags } from './errors.ts';
import { limits } from './limits.ts';

interface TagInput {
  readonly Key: string;
  readonly Value?: string | undefined;
}

/** The tags after adding some; those with the same keys are replaced. */
export function taggedWith(current: readonly Tag[], added: readonly TagInput[]): readonly Tag[] {
  const tags = new Map(current.map(({ key, value }) => [key, value]));
  for (const { Key, Value } of added) {
    if (/^aws:/i.test(Key)) throw invalidTag('Tag keys that start with aws: are reserved for AWS use.');
    tags.set(Key, Value ?? '');
  }
  if (tags.size > limits.tagsPerCertificate) throw tooManyTags(limits.tagsPerCertificate);
  return [...tags].map(([key, value]) => ({ key, value }));
}

/** Without those that are named; one with a value goes only if it has that value. */
export function untagged(current: readonly Tag[], removed: readonly TagInput[]): readonly Tag[] {
  return current.filter(
    ({ key, value }) => !removed.some(({ Key, Value }) => Key === key && (Value === undefined || Value === value)),
  );
}

export function presentTags(tags: readonly Tag[]) {
  return tags.map(({ key, value }) => ({ Key: key, Value: value }));
}
