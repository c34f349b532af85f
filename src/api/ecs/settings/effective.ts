import { type AccountSetting, rootArn, type Scope, scopeKey } from '#model';
import type { RoadsteadView } from '#store';
import { invalidParameter } from '../errors.ts';

interface SettingRule {
  readonly values: readonly string[];
  readonly default: string;
  /** Kept by AWS itself: readable, never changeable. */
  readonly readOnly?: true;
}

const onOff = ['enabled', 'disabled'] as const;

/** Every account setting. Source: "Amazon ECS account settings", with the values they take today. */
export const settingRules: Readonly<Record<string, SettingRule>> = {
  serviceLongArnFormat: { values: onOff, default: 'enabled' },
  taskLongArnFormat: { values: onOff, default: 'enabled' },
  containerInstanceLongArnFormat: { values: onOff, default: 'enabled' },
  awsvpcTrunking: { values: onOff, default: 'disabled' },
  containerInsights: { values: ['enabled', 'disabled', 'enhanced'], default: 'disabled' },
  dualStackIPv6: { values: onOff, default: 'disabled' },
  fargateFIPSMode: { values: onOff, default: 'disabled' },
  tagResourceAuthorization: { values: ['on', 'off'], default: 'on' },
  fargateTaskRetirementWaitPeriod: { values: ['0', '7', '14'], default: '7' },
  fargateEventWindows: { values: onOff, default: 'disabled' },
  guardDutyActivate: { values: ['on', 'off'], default: 'off', readOnly: true },
  defaultLogDriverMode: { values: ['blocking', 'non-blocking'], default: 'non-blocking' },
};

/** The rule of a setting; InvalidParameterException when there is no such setting. */
export function settingRule(name: string): SettingRule {
  const rule = Object.hasOwn(settingRules, name) ? settingRules[name] : undefined;
  if (rule === undefined) {
    throw invalidParameter(`unknown should be one of [${Object.keys(settingRules).join(',')}]`);
  }
  return rule;
}

/** Checks a new value for a setting. */
export function checkedSettingValue(name: string, value: string): string {
  const rule = settingRule(name);
  if (rule.readOnly === true) throw invalidParameter(`The setting ${name} is managed by AWS and cannot be changed.`);
  if (!rule.values.includes(value)) {
    throw invalidParameter(`Invalid setting value for ${name}: ${value}. Valid values: ${rule.values.join(', ')}`);
  }
  if (name.endsWith('LongArnFormat') && value === 'disabled') {
    throw invalidParameter('The long ARN format is the only one; it cannot be disabled.');
  }
  return value;
}

export function settingKey(scope: Scope, principalArn: string, name: string): string {
  return `${scopeKey(scope)}/${principalArn}/${name}`;
}

/** The value that holds for a principal: its own, else the account's, else the service's default. */
export function effectiveSetting(view: RoadsteadView, scope: Scope, principalArn: string, name: string): string {
  const own = view.accountSettings.find(settingKey(scope, principalArn, name));
  const account = view.accountSettings.find(settingKey(scope, rootArn(scope.accountId), name));
  return own?.value ?? account?.value ?? settingRule(name).default;
}

/** A setting as the API shows it. */
export function presentSetting(setting: Pick<AccountSetting, 'name' | 'value' | 'principalArn'>) {
  return {
    name: setting.name as 'containerInsights',
    value: setting.value,
    principalArn: setting.principalArn,
    type: settingRules[setting.name]?.readOnly === true ? ('aws_managed' as const) : ('user' as const),
  };
}
