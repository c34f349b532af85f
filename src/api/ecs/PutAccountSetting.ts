import type { AccountSetting } from '#model';
import { operation } from '../operation.ts';
import { ecs } from './service.ts';
import { checkedSettingValue, presentSetting, settingPrincipal } from './settings/effective.ts';

/** PutAccountSetting: for one principal; the caller when none is named. */
export const PutAccountSetting = operation(ecs, 'PutAccountSetting', {
  authorize: () => ({ action: 'ecs:PutAccountSetting', resource: '*' }),
  command: (input, ctx): AccountSetting => ({
    ...ctx.scope,
    name: input.name,
    value: checkedSettingValue(input.name, input.value),
    principalArn: settingPrincipal(input.name, input.principalArn, ctx),
  }),
  apply: (tx, setting) => {
    tx.accountSettings.put(setting);
    return setting;
  },
  output: (setting) => ({ setting: presentSetting(setting) }),
});
