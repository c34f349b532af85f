import { operation } from '../operation.ts';
import {
  attributesAccess,
  changeAttributes,
  presentAttribute,
  targetedAttributes,
  withAttributes,
} from './container-instance/custom-attributes.ts';
import { ecs } from './service.ts';

/** PutAttributes: sets up to ten custom attributes on container instances, all of them or none. Placement sees them. */
export const PutAttributes = operation(ecs, 'PutAttributes', {
  authorize: (input, ctx) => attributesAccess('ecs:PutAttributes', input, ctx),
  command: (input, ctx) => ({
    cluster: input.cluster,
    attributes: targetedAttributes(ctx.scope, input, { withValues: true }),
  }),
  apply: (tx, { cluster, attributes }, ctx) => {
    changeAttributes(tx, cluster, attributes, withAttributes, ctx);
    return attributes;
  },
  output: (attributes) => ({
    attributes: attributes.map(({ attribute, containerInstanceArn }) =>
      presentAttribute(containerInstanceArn, attribute),
    ),
  }),
});
