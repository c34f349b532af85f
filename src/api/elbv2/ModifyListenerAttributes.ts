import { listenerAttributes } from '#model';
import { operation } from '../operation.ts';
import { changedAttributes, presentAttributes } from './attributes.ts';
import { getListener } from './find.ts';
import { access, elbv2 } from './service.ts';

/** ModifyListenerAttributes: those that are named; the others stay. */
export const ModifyListenerAttributes = operation(elbv2, 'ModifyListenerAttributes', {
  authorize: ({ ListenerArn }) => access('ModifyListenerAttributes', ListenerArn),
  command: ({ ListenerArn: arn, Attributes }) => ({ arn, inputs: Attributes }),
  apply: (tx, { arn, inputs }, { scope }) => {
    const before = getListener(tx, scope, arn);
    const attributes = changedAttributes(before.attributes, listenerAttributes(before), inputs, 'Listener');
    const after = { ...before, attributes };
    tx.listeners.put(after);
    return after;
  },
  output: (after) => ({ Attributes: presentAttributes(listenerAttributes(after)) }),
});
