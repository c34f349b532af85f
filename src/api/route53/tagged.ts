import type { Tag } from '#model';
import { invalidInput, noSuchHealthCheck } from './errors.ts';
import { limits } from './limits.ts';
import { zoneIdFrom } from './zone.ts';

export interface TaggedReference {
  readonly ResourceType: 'hostedzone' | 'healthcheck';
  readonly ResourceId: string;
}

/** The zone that is meant; health checks there are none. */
export function taggedZoneId({ ResourceType, ResourceId }: TaggedReference): string {
  if (ResourceType === 'healthcheck') throw noSuchHealthCheck(ResourceId);
  return zoneIdFrom(ResourceId);
}

/** The tags after some are added and some taken away. */
export function changedTags(
  current: readonly Tag[],
  added: readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[],
  removed: readonly string[],
): readonly Tag[] {
  const tags = new Map(current.map(({ key, value }) => [key, value]));
  for (const key of removed) tags.delete(key);
  for (const { Key, Value } of added) {
    if (Key === undefined || Key === '') throw invalidInput('A tag must have a key.');
    if (/^aws:/i.test(Key)) throw invalidInput('Tag keys that start with aws: are reserved for AWS use.');
    tags.set(Key, Value ?? '');
  }
  if (tags.size > limits.tagsPerResource) {
    throw invalidInput(`A resource can have no more than ${limits.tagsPerResource} tags.`);
  }
  return [...tags].map(([key, value]) => ({ key, value }));
}

export function presentTagSet(zoneId: string, tags: readonly Tag[]) {
  return {
    ResourceType: 'hostedzone' as const,
    ResourceId: zoneId,
    Tags: tags.map(({ key, value }) => ({ Key: key, Value: value })),
  };
}
