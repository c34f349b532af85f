import { type AccountSetting, scopeKey } from '#model';
import { operation } from '../operation.ts';
import { invalidParameter } from './errors.ts';
import { pageSizes } from './limits.ts';
import { nextTokenMember, pageRequest } from './paging.ts';
import { ecs } from './service.ts';
import { checkedPrincipal, effectiveSetting, presentSetting, settingRule, settingRules } from './settings/effective.ts';

/** ListAccountSettings: what was set, or with `effectiveSettings` what holds for a principal. */
export const ListAccountSettings = operation(ecs, 'ListAccountSettings', {
  authorize: () => ({ action: 'ecs:ListAccountSettings', resource: '*' }),
  command: (input, ctx) => {
    if (input.name !== undefined) settingRule(input.name);
    if (input.value !== undefined && input.name === undefined) {
      throw invalidParameter('A setting name must be specified when filtering by value.');
    }
    return {
      name: input.name,
      value: input.value,
      principalArn: checkedPrincipal(input.principalArn, ctx),
      effective: input.effectiveSettings ?? false,
      page: pageRequest('ListAccountSettings', pageSizes.accountSettings, input),
    };
  },
  read: (view, { name, value, principalArn, effective, page }, ctx) => {
    const wanted = (setting: { name: string; value: string }): boolean =>
      (name === undefined || setting.name === name) && (value === undefined || setting.value === value);
    if (!effective) {
      return view.accountSettings.page('scope', scopeKey(ctx.scope), {
        ...page,
        filter: (setting) => setting.principalArn === principalArn && wanted(setting),
      });
    }
    // A position is a place among all settings, so that a value changed between two pages moves no other.
    const names = Object.keys(settingRules);
    const records: Pick<AccountSetting, 'name' | 'value' | 'principalArn'>[] = [];
    for (let place = page.after ?? 0; place < names.length; place++) {
      const each = names[place] ?? '';
      const setting = { name: each, principalArn, value: effectiveSetting(view, ctx.scope, principalArn, each) };
      if (!wanted(setting)) continue;
      if (records.length === page.limit) return { records, next: place };
      records.push(setting);
    }
    return { records };
  },
  output: ({ records, next }) => ({
    settings: records.map(presentSetting),
    ...nextTokenMember('ListAccountSettings', next),
  }),
});
