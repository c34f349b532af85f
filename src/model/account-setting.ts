import type { Scope } from './arn.ts';

/** A setting of one principal, or of the account as a whole (`principalArn` is then the root's). */
export interface AccountSetting extends Scope {
  readonly name: string;
  readonly value: string;
  readonly principalArn: string;
}
