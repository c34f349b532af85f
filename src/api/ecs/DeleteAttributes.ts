import { operation } from '../operation.ts';
import {
  attributesAccess,
  changeAttributes,
  presentAttribute,
  targetedAttributes,
} from './container-instance/custom-attributes.ts';
import { ecs } from './service.ts';

/** DeleteAttributes: takes custom attributes away by name and answers those that were there, with their values. */
export const DeleteAttributes = operation(ecs, 'DeleteAttributes', {
  authorize: (input, ctx) => attributesAccess('ecs:DeleteAttributes', input, ctx),
  command: (input, ctx) => ({
    cluster: input.cluster,
    attributes: targetedAttributes(ctx.scope, input, { withValues: false }),
  }),
  apply: (tx, { cluster, attributes }, ctx) => {
    const deleted: ReturnType<typeof presentAttribute>[] = [];
    changeAttributes(
      tx,
      cluster,
      attributes,
      (instance, unwanted) => {
        const names = new Set(unwanted.map(({ name }) => name));
        const gone = instance.attributes.filter(({ name }) => names.has(name));
        deleted.push(...gone.map((attribute) => presentAttribute(instance.containerInstanceArn, attribute)));
        return gone.length === 0 ? instance.attributes : instance.attributes.filter(({ name }) => !names.has(name));
      },
      ctx,
    );
    return deleted;
  },
  output: (attributes) => ({ attributes }),
});
