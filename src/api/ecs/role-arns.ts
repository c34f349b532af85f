import { invalidParameter } from './errors.ts';

const roleArn = /^arn:aws[a-z-]*:iam::\d{12}:role\/[\x21-\x7f]{1,512}$/;

/** The ARN of an IAM role. InvalidParameterException naming the member otherwise. */
export function checkedRoleArn(member: string, arn: string): string {
  if (!roleArn.test(arn)) throw invalidParameter(`${member} must be the ARN of an IAM role, but was ${arn}`);
  return arn;
}
