import { installationConnection } from '../connection.ts';
import { openControlPlane } from '../control-plane.ts';
import type { CommandBody, Invocation } from '../invocation.ts';
import { exportLines, type Shell, unsetLines } from '../shell.ts';

export interface EnvOptions {
  readonly shell: Shell;
  readonly unset?: boolean;
}

/**
 * Both region variables, because AWS CLI version 1 reads AWS_DEFAULT_REGION alone and newer SDKs prefer AWS_REGION.
 * ROADSTEAD_SUBNETS holds the default VPC's subnets, separated by commas, as `awsvpcConfiguration` takes them.
 */
const variableNames = [
  'AWS_ENDPOINT_URL',
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_REGION',
  'AWS_DEFAULT_REGION',
  'ROADSTEAD_SUBNETS',
] as const;

/** `roadstead env`: for `eval`. A session token left over from AWS would spoil the keys, so it is taken away. */
export const env: CommandBody<EnvOptions> = async (invocation, _args, options) => {
  if (options.unset === true) {
    return {
      report: {
        data: { unset: variableNames },
        lines: () => unsetLines(options.shell, variableNames),
        names: variableNames,
      },
    };
  }
  const variables = await environment(invocation);
  if (invocation.deps.terminal.outIsTerminal && invocation.common.output === 'table') {
    const hint = options.shell === 'fish' ? 'roadstead env --shell fish | source' : 'eval "$(roadstead env)"';
    invocation.steps.note(invocation.style.faint(`# to set them in this shell: ${hint}`));
  }
  return {
    report: {
      data: variables,
      lines: () => [...exportLines(options.shell, variables), ...unsetLines(options.shell, ['AWS_SESSION_TOKEN'])],
      names: Object.keys(variables),
    },
  };
};

/** What a client needs to reach the installation's server as its default account. */
export async function environment({
  deps,
  common,
}: Invocation): Promise<Record<(typeof variableNames)[number], string>> {
  const connection = await installationConnection(deps.files, common.paths);
  const controlPlane = await openControlPlane(connection, common, deps);
  const { subnets } = await controlPlane.roadstead('DescribeNetwork', {});
  return {
    AWS_ENDPOINT_URL: connection.endpoint,
    AWS_ACCESS_KEY_ID: connection.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: connection.credentials.secretAccessKey,
    AWS_REGION: connection.region,
    AWS_DEFAULT_REGION: connection.region,
    ROADSTEAD_SUBNETS: subnets.map(({ subnetId }) => subnetId).join(','),
  };
}
