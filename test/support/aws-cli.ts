import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import type { Credentials, ServerHarness } from './server-harness.ts';

/** Whether AWS's own command line is on this machine. */
export const awsInstalled = spawnSync('aws', ['--version'], { encoding: 'utf8' }).status === 0;

/** Runs AWS's own command line against a server; gives its answer, `undefined` where there is none. */
export async function awsCli(
  server: Pick<ServerHarness, 'url' | 'root'>,
  args: readonly string[],
  credentials: Credentials = server.root,
  // oxlint-disable-next-line typescript/no-explicit-any -- answers are asserted member by member
): Promise<any> {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  const { stdout } = await promisify(execFile)('aws', ['--endpoint-url', server.url, '--output', 'json', ...args], {
    env: {
      ...process.env,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      ...(sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: sessionToken }),
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_PAGER: '',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    },
  });
  return stdout === '' ? undefined : JSON.parse(stdout);
}
