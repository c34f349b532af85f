import { operation } from '../operation.ts';
import { noSuchChange } from './errors.ts';
import { presentChange } from './present.ts';
import { route53 } from './service.ts';

/** GetChange: hosts learn of a change as soon as it is stored, so what is asked for is INSYNC. */
export const GetChange = operation(route53, 'GetChange', {
  authorize: ({ Id }) => ({ action: 'route53:GetChange', resource: `arn:aws:route53:::change/${changeIdFrom(Id)}` }),
  command: ({ Id }) => changeIdFrom(Id),
  read: (view, changeId, { scope }) => {
    const change = view.dnsChanges.find(changeId);
    if (change === undefined || change.accountId !== scope.accountId) throw noSuchChange(changeId);
    return change;
  },
  output: (change) => ({ ChangeInfo: presentChange(change, 'INSYNC') }),
});

function changeIdFrom(text: string): string {
  return text.replace(/^\/?(?:change\/)?/, '');
}
