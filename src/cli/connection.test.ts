import { describe, expect, test } from 'vitest';
import { TestInstallation } from '../../test/support/command-line.ts';
import { diskFiles } from './adapters/index.ts';
import { type Connection, resolveAdministrator, resolveConnection } from './connection.ts';
import { installationPaths } from './installation.ts';

const here = 'http://127.0.0.1:4566';

async function resolve(
  env: Readonly<Record<string, string>>,
  options: { readonly running?: boolean; readonly dataDirGiven?: boolean } = {},
): Promise<Connection> {
  await using installation = await TestInstallation.create();
  if (options.running !== false) await installation.pretendRunning(here);
  const paths = installationPaths(installation.dataDir);
  return await resolveConnection({ paths, dataDirGiven: options.dataDirGiven === true }, { files: diskFiles(), env });
}

describe('whom to talk to', () => {
  const keys = { AWS_ACCESS_KEY_ID: 'AKIAENV', AWS_SECRET_ACCESS_KEY: 'env-secret' };

  test('the installation, when the environment names no endpoint; keys of an AWS account are not used', async () => {
    const connection = await resolve({ ...keys, AWS_SESSION_TOKEN: 't', AWS_REGION: 'eu-west-1' });
    expect(connection).toEqual({
      endpoint: here,
      region: 'us-east-1',
      credentials: { accessKeyId: 'AKIADEFAULT', secretAccessKey: 'default-secret' },
    });
  });

  test('the endpoint of the environment, with its keys and region', async () => {
    const env = { ...keys, AWS_ENDPOINT_URL: 'http://10.0.0.5:4566/', AWS_DEFAULT_REGION: 'eu-west-1' };
    expect(await resolve(env, { running: false })).toEqual({
      endpoint: 'http://10.0.0.5:4566',
      region: 'eu-west-1',
      credentials: { accessKeyId: 'AKIAENV', secretAccessKey: 'env-secret' },
    });
  });

  test('the installation after all, when --data-dir was given', async () => {
    const env = { ...keys, AWS_ENDPOINT_URL: 'http://10.0.0.5:4566' };
    expect((await resolve(env, { dataDirGiven: true })).endpoint).toBe(here);
  });

  test("the installation's keys never go to another endpoint", async () => {
    const env = { AWS_ENDPOINT_URL: 'http://10.0.0.5:4566' };
    await expect(resolve(env)).rejects.toMatchObject({ exitCode: 4 });
    expect((await resolve({ AWS_ENDPOINT_URL: here })).credentials.accessKeyId).toBe('AKIADEFAULT');
  });

  test('as Roadstead itself for accounts, where the control plane is ours', async () => {
    const env = { ...keys, AWS_ENDPOINT_URL: here };
    const administrator = async (variables: Readonly<Record<string, string>>): Promise<Connection> => {
      await using installation = await TestInstallation.create();
      await installation.pretendRunning(here);
      const options = { paths: installationPaths(installation.dataDir), dataDirGiven: false };
      return await resolveAdministrator(options, { files: diskFiles(), env: variables });
    };
    expect((await administrator({})).credentials.accessKeyId).toBe('AKIAPLATFORM');
    expect((await administrator(env)).credentials.accessKeyId).toBe('AKIAPLATFORM');
    const elsewhere = await administrator({ ...keys, AWS_ENDPOINT_URL: 'http://10.0.0.5:4566' });
    expect(elsewhere).toMatchObject({ endpoint: 'http://10.0.0.5:4566', credentials: { accessKeyId: 'AKIAENV' } });
  });

  test('nobody, when nothing runs', async () => {
    await expect(resolve({}, { running: false })).rejects.toMatchObject({ exitCode: 69, next: 'roadstead up' });
  });
});
