import { accountSettingKey } from '#model';
import { operation } from '../operation.ts';
import { ecs } from './service.ts';
import { effectiveSetting, presentSetting, settingPrincipal, settingRule } from './settings/effective.ts';

/** DeleteAccountSetting: the principal falls back to the account's setting; answers what holds now. */
export const DeleteAccountSetting = operation(ecs, 'DeleteAccountSetting', {
  authorize: () => ({ action: 'ecs:DeleteAccountSetting', resource: '*' }),
  command: (input, ctx) => {
    settingRule(input.name);
    return { name: input.name, principalArn: settingPrincipal(input.name, input.principalArn, ctx) };
  },
  apply: (tx, { name, principalArn }, ctx) => {
    tx.accountSettings.delete(accountSettingKey(ctx.scope, principalArn, name));
    return { name, principalArn, value: effectiveSetting(tx, ctx.scope, principalArn, name) };
  },
  output: (setting) => ({ setting: presentSetting(setting) }),
});
