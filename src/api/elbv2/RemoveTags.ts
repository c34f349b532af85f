import { operation } from '../operation.ts';
import { access, elbv2 } from './service.ts';
import { getTagged } from './tagged.ts';

/** RemoveTags: those of the keys that are there. */
export const RemoveTags = operation(elbv2, 'RemoveTags', {
  authorize: ({ ResourceArns }) => access('RemoveTags', ResourceArns[0]),
  command: ({ ResourceArns: arns, TagKeys }) => ({ arns, keys: new Set(TagKeys) }),
  apply: (tx, { arns, keys }, { scope }) => {
    for (const arn of arns) {
      const resource = getTagged(tx, scope, arn);
      resource.put(
        tx,
        resource.tags.filter(({ key }) => !keys.has(key)),
      );
    }
  },
  output: () => ({}),
});
