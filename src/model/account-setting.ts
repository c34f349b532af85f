import { rootArn, type Scope, scopeKey } from './arn.ts';

/** A setting of one principal, or of the account as a whole (`principalArn` is then the root's). */
export interface AccountSetting extends Scope {
  readonly name: string;
  readonly value: string;
  readonly principalArn: string;
}

/** The key of a setting in its table. */
export function accountSettingKey(scope: Scope, principalArn: string, name: string): string {
  return `${scopeKey(scope)}/${principalArn}/${name}`;
}

/** The key of what holds for every principal of the account that has no setting of its own. */
export function accountDefaultKey(scope: Scope, name: string): string {
  return accountSettingKey(scope, rootArn(scope.accountId), name);
}

/** How a container's output goes to its log driver when neither its definition nor the account says: since June 2025. */
export const serviceLogDriverMode = 'non-blocking';
