import { eachContainer, firstOf, firstRepeated, isGiven, type Rule } from './rule.ts';

/** "Pass sensitive data to an Amazon ECS container": secrets are fetched with the execution role. Observed text. */
export const secretsNeedExecutionRole: Rule = eachContainer(({ secrets = [], logConfiguration }, { content }) =>
  content.executionRoleArn === undefined && secrets.length + (logConfiguration?.secretOptions?.length ?? 0) > 0
    ? "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'."
    : undefined,
);

/** "Private registry authentication": the credentials are fetched with the execution role. Text as for secrets. */
export const repositoryCredentialsNeedExecutionRole: Rule = eachContainer(({ repositoryCredentials }, { content }) =>
  repositoryCredentials !== undefined && content.executionRoleArn === undefined
    ? "When you are specifying repository credentials, you must also specify a value for 'executionRoleArn'."
    : undefined,
);

/** A secret's name is an environment variable of its own. Observed text. */
export const secretNamesAreFree: Rule = eachContainer(({ secrets = [], environment = [] }) => {
  const secretNames = secrets.map(({ name }) => name ?? '');
  const variables = new Set(environment.map(({ name }) => name));
  const taken = secretNames.find((name) => variables.has(name)) ?? firstRepeated(secretNames);
  return taken === undefined
    ? undefined
    : `The secret name must be unique and not shared with any new or existing environment variables set on the container, such as '${taken}'.`;
});

const secretArn = /^arn:aws[a-z-]*:(secretsmanager:[a-z0-9-]+:\d{12}:secret:.+|ssm:[a-z0-9-]+:\d{12}:parameter\/.+)$/;
const parameterName = /^[A-Za-z0-9_./-]{1,2048}$/;

/** Secret, valueFrom: the ARN of a secret or of a parameter, or the name of a parameter (observed text). */
export const secretSourcesAreValid: Rule = eachContainer(({ secrets = [], logConfiguration }) =>
  firstOf([...secrets, ...(logConfiguration?.secretOptions ?? [])], ({ name, valueFrom = '' }) => {
    if (!isGiven(name)) return 'Secret.name should not be null or empty.';
    if (!isGiven(valueFrom)) return 'Secret.valueFrom should not be null or empty.';
    if (valueFrom.startsWith('arn:')) return secretArn.test(valueFrom) ? undefined : 'Invalid arn syntax.';
    return parameterName.test(valueFrom)
      ? undefined
      : `The Systems Manager parameter name specified for secret ${name} is invalid. The parameter name can be up to 2048 characters and include the following letters and symbols: a-zA-Z0-9_.-`;
  }),
);

const maxEnvironmentFiles = 10;
const objectArn = /^arn:aws[a-z-]*:s3:::[^/]+\/.+$/;

/** EnvironmentFile: at most ten, each the ARN of an S3 object (observed texts) whose name ends in `.env`. */
export const environmentFilesAreValid: Rule = eachContainer(({ environmentFiles }) =>
  environmentFilesRefusal(environmentFiles),
);

/** Why a list of environment files is refused, in a definition or in an override. */
export function environmentFilesRefusal(
  environmentFiles: readonly { readonly value?: string | undefined }[] = [],
): string | undefined {
  if (environmentFiles.length > maxEnvironmentFiles) {
    return 'The maximum number of environment files was exceeded. Specify ten or less and try again.';
  }
  return firstOf(environmentFiles, ({ value = '' }) => {
    if (!objectArn.test(value)) return 'Invalid arn syntax.';
    return value.endsWith('.env') ? undefined : 'The environment file must have a .env file extension.';
  });
}
