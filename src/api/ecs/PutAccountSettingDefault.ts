import { type AccountSetting, rootArn } from '#model';
import { operation } from '../operation.ts';
import { ecs } from './service.ts';
import { checkedSettingValue, presentSetting } from './settings/effective.ts';

/** PutAccountSettingDefault: for every principal of the account that has no setting of its own. */
export const PutAccountSettingDefault = operation(ecs, 'PutAccountSettingDefault', {
  authorize: () => ({ action: 'ecs:PutAccountSettingDefault', resource: '*' }),
  command: (input, ctx): AccountSetting => ({
    ...ctx.scope,
    name: input.name,
    value: checkedSettingValue(input.name, input.value),
    principalArn: rootArn(ctx.scope.accountId),
  }),
  apply: (tx, setting) => {
    tx.accountSettings.put(setting);
    return setting;
  },
  output: (setting) => ({ setting: presentSetting(setting) }),
});
