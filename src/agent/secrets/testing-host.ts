import type { PayloadSecret, PayloadTask, RoleCredentials } from '#wire/link';
import { payloadTask } from '../testing.ts';
import { SimulatedHost } from '../testing-host.ts';
import { MemorySecrets } from './testing.ts';

export const secretArn = 'arn:aws:secretsmanager:eu-west-1:000000000000:secret:shop/db-AbCdEf';
export const parameterArn = 'arn:aws:ssm:eu-west-1:000000000000:parameter/shop/key';

export function asm(name: string, valueFrom = secretArn, target: PayloadSecret['target'] = 'CONTAINER'): PayloadSecret {
  return { name, valueFrom, region: 'eu-west-1', provider: 'asm', type: 'ENVIRONMENT_VARIABLE', target };
}

export function ssm(name: string, valueFrom: string, region = 'us-east-1'): PayloadSecret {
  return { name, valueFrom, region, provider: 'ssm', type: 'ENVIRONMENT_VARIABLE', target: 'CONTAINER' };
}

export function file(key: string): { readonly type: 's3'; readonly value: string } {
  return { type: 's3', value: `arn:aws:s3:::shop/${key}` };
}

export const execution: RoleCredentials = {
  credentialsId: 'execution-1',
  roleArn: 'arn:aws:iam::000000000000:role/execution',
  accessKeyId: 'ASIA1',
  secretAccessKey: 'key',
  sessionToken: 'token',
  expiration: '2030-01-01T00:00:00Z',
};

export interface ValueWorld {
  readonly host: SimulatedHost;
  readonly secrets: MemorySecrets;
  readonly task: (container: Parameters<typeof payloadTask>[1], over?: Partial<PayloadTask>) => PayloadTask;
}

/** A host with services that have some values, and tasks with an execution role. */
export async function valueWorld(...args: ConstructorParameters<typeof SimulatedHost>): Promise<ValueWorld> {
  const host = new SimulatedHost(...args);
  const secrets = new MemorySecrets();
  host.secrets = secrets;
  secrets.secrets.set(secretArn, '{"user":"mate","password":"hunter2","port":5432}');
  secrets.secrets.set(`${secretArn} AWSPREVIOUS `, '{"password":"hunter1"}');
  secrets.known.set('/shop/key', 'parameter-value');
  secrets.known.set('plain', 'plain-value');
  secrets.objects.set('shop/a.env', '# of the shop\nA=first\nB="quoted"\nGIVEN=file\n');
  secrets.objects.set('shop/b.env', 'A=second\nC=c\nPASSWORD=file');
  await host.start();
  return {
    host,
    secrets,
    task: (container, over = {}) => {
      const executionRoleCredentials = { ...execution, credentialsId: `execution-${host.ids.hex(8)}` };
      return payloadTask(host.ids, container, { executionRoleCredentials, ...over });
    },
  };
}

export function environmentOf(host: SimulatedHost, prefix = 'ecs-web-1-app'): Record<string, string> {
  const entries = (host.runtime.bodyOf(prefix)?.['Env'] ?? []) as string[];
  return Object.fromEntries(
    entries.map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
  );
}
