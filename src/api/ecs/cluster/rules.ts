import type { ClusterConfiguration, ClusterSetting } from '#model';
import { invalidParameter } from '../errors.ts';

/** A cluster name: 1 to 255 letters, digits, hyphens and underscores. */
export function checkedClusterName(name: string): string {
  if (!/^[a-zA-Z0-9\-_]{1,255}$/.test(name)) {
    throw invalidParameter('ClusterName must match ^[a-zA-Z0-9\\-_]{1,255}$');
  }
  return name;
}

type SettingInput = { readonly name?: string | undefined; readonly value?: string | undefined };

const insightsValues = ['enabled', 'disabled', 'enhanced'];

/** `containerInsights` with enabled, disabled or enhanced: the only setting there is. */
export function checkedSettings(input: readonly SettingInput[]): readonly ClusterSetting[] {
  return input.map(({ name, value }) => {
    if (name !== 'containerInsights') throw invalidParameter(`Invalid cluster setting name: ${name ?? ''}`);
    if (value === undefined || !insightsValues.includes(value)) {
      throw invalidParameter(
        `Invalid value for containerInsights: ${value ?? ''}. Valid values: ${insightsValues.join(', ')}`,
      );
    }
    return { name, value };
  });
}

interface ConfigurationInput {
  readonly executeCommandConfiguration?:
    | {
        readonly kmsKeyId?: string | undefined;
        readonly logging?: string | undefined;
        readonly logConfiguration?:
          | { readonly cloudWatchLogGroupName?: string | undefined; readonly s3BucketName?: string | undefined }
          | undefined;
      }
    | undefined;
  readonly managedStorageConfiguration?: object | undefined;
}

/** Checks how ECS Exec logs: a log configuration belongs to OVERRIDE, and OVERRIDE needs a destination. */
export function checkedConfiguration(input: ConfigurationInput): ClusterConfiguration {
  const exec = input.executeCommandConfiguration;
  const log = exec?.logConfiguration;
  if (log !== undefined && exec?.logging !== 'OVERRIDE') {
    throw invalidParameter("You must set logging to 'OVERRIDE' when you supply a log configuration.");
  }
  if (exec?.logging === 'OVERRIDE' && !log?.cloudWatchLogGroupName && !log?.s3BucketName) {
    throw invalidParameter(
      'A CloudWatch log group name or S3 bucket name must be specified when overriding the default log configuration.',
    );
  }
  return {
    ...(exec === undefined ? {} : { executeCommandConfiguration: { ...exec } }),
    ...(input.managedStorageConfiguration === undefined
      ? {}
      : { managedStorageConfiguration: { ...input.managedStorageConfiguration } }),
  };
}

const maxNamespaceLength = 1024;

/** The default namespace asked for, a name or an ARN; an empty text asks for none. `undefined`: it was not given. */
export function checkedDefaultNamespace(
  given: { readonly namespace?: string | undefined } | undefined,
): string | undefined {
  if ((given?.namespace?.length ?? 0) > maxNamespaceLength) {
    throw invalidParameter(`serviceConnectDefaults.namespace cannot be longer than ${maxNamespaceLength} characters.`);
  }
  return given?.namespace;
}
