import {
  type AccountSetting,
  accountDefaultKey,
  accountSettingKey,
  type Principal,
  rootArn,
  type Scope,
  serviceLogDriverMode,
} from '#model';
import type { RoadsteadView } from '#store';
import { accountMismatch, invalidParameter } from '../errors.ts';

interface SettingRule {
  readonly values: readonly string[];
  readonly default: string;
  /** Kept by AWS itself: readable, never changeable. */
  readonly readOnly?: true;
  /** Values that were possible once, each with what is to be said to those who still ask for it. */
  readonly withdrawn?: Readonly<Record<string, string>>;
  /** Holds for the account as a whole: no user or role has a value of its own. */
  readonly accountOnly?: true;
}

const onOff = ['enabled', 'disabled'] as const;
const shortArns = { disabled: 'The long ARN format is the only one; it cannot be disabled.' };
const untaggedCreation = {
  off: 'Tagging authorization has been on for every account since March 2024; it cannot be turned off.',
};

/** Every account setting. Source: "Amazon ECS account settings", with the values they take today. */
export const settingRules: Readonly<Record<string, SettingRule>> = {
  serviceLongArnFormat: { values: onOff, default: 'enabled', withdrawn: shortArns },
  taskLongArnFormat: { values: onOff, default: 'enabled', withdrawn: shortArns },
  containerInstanceLongArnFormat: { values: onOff, default: 'enabled', withdrawn: shortArns },
  awsvpcTrunking: { values: onOff, default: 'disabled' },
  containerInsights: { values: ['enabled', 'disabled', 'enhanced'], default: 'disabled' },
  dualStackIPv6: { values: onOff, default: 'disabled' },
  fargateFIPSMode: { values: onOff, default: 'disabled' },
  tagResourceAuthorization: { values: ['on', 'off'], default: 'on', withdrawn: untaggedCreation },
  fargateTaskRetirementWaitPeriod: { values: ['0', '7', '14'], default: '7', accountOnly: true },
  fargateEventWindows: { values: onOff, default: 'disabled' },
  guardDutyActivate: { values: ['on', 'off'], default: 'off', readOnly: true },
  defaultLogDriverMode: { values: ['blocking', 'non-blocking'], default: serviceLogDriverMode },
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
  const withdrawn = rule.withdrawn?.[value];
  if (withdrawn !== undefined) throw invalidParameter(withdrawn);
  return value;
}

const principalPattern =
  /^arn:aws[a-z-]*:(iam|sts)::(\d{12}):(root|(user|role|assumed-role|federated-user)\/\S{1,512})$/;

interface Caller {
  readonly scope: Scope;
  readonly principal: Pick<Principal, 'arn'>;
}

/** The principal a request names, else the caller. InvalidParameterException for no principal and for another account's. */
export function checkedPrincipal(given: string | undefined, { scope, principal }: Caller): string {
  if (given === undefined) return principal.arn;
  const accountId = principalPattern.exec(given)?.[2];
  if (accountId === undefined) throw invalidParameter(`Invalid principal ARN: ${given}`);
  if (accountId !== scope.accountId) throw accountMismatch();
  return given;
}

/**
 * The principal a setting is to be of: as {@link checkedPrincipal}, and InvalidParameterException for a user or role
 * where the setting is the account's.
 */
export function settingPrincipal(name: string, given: string | undefined, caller: Caller): string {
  const principalArn = checkedPrincipal(given, caller);
  if (settingRule(name).accountOnly === true && principalArn !== rootArn(caller.scope.accountId)) {
    throw invalidParameter(
      `The setting ${name} holds for the account. Set it as the root user or as the account's default.`,
    );
  }
  return principalArn;
}

/** The value that holds for a principal: its own, else the account's, else the service's default. */
export function effectiveSetting(view: RoadsteadView, scope: Scope, principalArn: string, name: string): string {
  const own = view.accountSettings.find(accountSettingKey(scope, principalArn, name));
  const account = view.accountSettings.find(accountDefaultKey(scope, name));
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
