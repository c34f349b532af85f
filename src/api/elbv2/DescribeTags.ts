import { operation } from '../operation.ts';
import { access, elbv2 } from './service.ts';
import { getTagged } from './tagged.ts';

/** DescribeTags: of each resource that is named. */
export const DescribeTags = operation(elbv2, 'DescribeTags', {
  authorize: () => access('DescribeTags'),
  command: ({ ResourceArns: arns }) => arns,
  read: (view, arns, { scope }) => arns.map((arn) => ({ arn, tags: getTagged(view, scope, arn).tags })),
  output: (found) => ({
    TagDescriptions: found.map(({ arn, tags }) => ({
      ResourceArn: arn,
      Tags: tags.map(({ key, value }) => ({ Key: key, Value: value })),
    })),
  }),
});
