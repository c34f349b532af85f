import { scopeKey } from '#model';
import { operation } from '../operation.ts';
import { invalidParameter } from './errors.ts';
import { pageSizes } from './limits.ts';
import { nextTokenMember, pageRequest } from './paging.ts';
import { ecs } from './service.ts';
import { effectiveSetting, presentSetting, settingRule, settingRules } from './settings/effective.ts';

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
      principalArn: input.principalArn ?? ctx.principal.arn,
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
    const all = Object.keys(settingRules)
      .map((each) => ({ name: each, principalArn, value: effectiveSetting(view, ctx.scope, principalArn, each) }))
      .filter(wanted);
    const start = page.after ?? 0;
    const end = start + page.limit;
    return { records: all.slice(start, end), ...(end < all.length ? { next: end } : {}) };
  },
  output: ({ records, next }) => ({
    settings: records.map(presentSetting),
    ...nextTokenMember('ListAccountSettings', next),
  }),
});
