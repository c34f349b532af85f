import { isGiven, namePattern, type Rule } from './rule.ts';

/** "Task definition parameters", Family: up to 255 letters, digits, hyphens and underscores. Observed texts. */
export const familyIsValid: Rule = ({ content }) => {
  if (!isGiven(content.family)) return 'Family should not be null or empty.';
  return namePattern.test(content.family) ? undefined : 'Family contains invalid characters.';
};

const roleArn = /^arn:aws[a-z-]*:iam::\d{12}:role\/[\x21-\x7f]{1,512}$/;
const roleName = /^[\w+=,.@-]{1,64}$/;

/** Whether a text is a role's short name or its full ARN. */
export function isRole(text: string): boolean {
  return roleArn.test(text) || roleName.test(text);
}

/** RegisterTaskDefinition, taskRoleArn and executionRoleArn: a role's short name or its full ARN. */
export const rolesAreValid: Rule = ({ content }) => {
  for (const role of [content.taskRoleArn, content.executionRoleArn]) {
    if (role !== undefined && !isRole(role)) return 'Role is not valid';
  }
  return undefined;
};
