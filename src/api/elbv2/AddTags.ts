import { operation } from '../operation.ts';
import { access, elbv2 } from './service.ts';
import { getTagged } from './tagged.ts';
import { checkedTags, taggedWith } from './tags.ts';

/** AddTags: to load balancers, target groups, listeners and rules. */
export const AddTags = operation(elbv2, 'AddTags', {
  authorize: ({ ResourceArns }) => access('AddTags', ResourceArns[0]),
  command: ({ ResourceArns: arns, Tags }) => ({ arns, tags: checkedTags(Tags) }),
  apply: (tx, { arns, tags }, { scope }) => {
    for (const arn of arns) {
      const resource = getTagged(tx, scope, arn);
      resource.put(tx, taggedWith(resource.tags, tags));
    }
  },
  output: () => ({}),
});
