import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { hostNode, hostPrograms, projectFile } from '../../support/host-programs.ts';
import type { Answer } from '../../support/installation.ts';
import type { DefinitionWorld } from '../definition/world.ts';

/** A program that routes logs: what of this machine its container needs, and how it is started there. */
export interface RouterProgram {
  readonly name: string;
  readonly there: boolean;
  readonly paths: readonly string[];
  readonly command: readonly string[];
}

/** The test's own, in this machine's Node.js; it reads the files of Fluent Bit and of fluentd. */
const own: RouterProgram = {
  name: 'of this test',
  there: true,
  paths: [],
  command: [hostNode, projectFile('test/e2e/firelens/router.ts')],
};

/** Fluent Bit of this machine: `FLUENT_BIT` names it, or it is found by its name. */
function fluentBit(): RouterProgram {
  const path = installed('fluent-bit', process.env['FLUENT_BIT']) ?? '';
  const command = [path, '-c', '/fluent-bit/etc/fluent-bit.conf'];
  return { name: 'Fluent Bit', there: path !== '', paths: [path], command };
}

/** fluentd of this machine and its Ruby: `FLUENTD` names it, or it is found by its name. */
function fluentd(): RouterProgram {
  const path = installed('fluentd', process.env['FLUENTD']) ?? '';
  const ruby = installed('ruby') ?? '';
  const gems = ['/usr/share/rubygems-integration', '/usr/share/zoneinfo', '/var/lib/gems', '/usr/local/lib'];
  const home = dirname(dirname(path));
  const own = home === '/usr' || home === '/usr/local' ? [path] : [home];
  const command = [ruby, path, '-c', '/fluentd/etc/fluent.conf'];
  return {
    name: 'fluentd',
    there: path !== '' && ruby !== '',
    paths: [ruby, ...own, ...gems.filter(existsSync)],
    command,
  };
}

function installed(name: string, path?: string): string | undefined {
  try {
    return realpathSync(path ?? execFileSync('which', [name], { encoding: 'utf8' }).trim());
  } catch {
    return undefined;
  }
}

/** What stands for each type of `firelensConfiguration`: real ones are passed over where this machine has none. */
export const programs: Readonly<Record<'fluentbit' | 'fluentd', readonly RouterProgram[]>> = {
  fluentbit: [own, fluentBit()],
  fluentd: [own, fluentd()],
};
export const anyProgram = own;

/** A folder of this machine that a router writes its outputs to, and what is in them. */
export class Outputs {
  readonly path: string;
  readonly #world: DefinitionWorld;

  constructor(world: DefinitionWorld, name: string) {
    this.#world = world;
    this.path = `${world.folder}/${name.replaceAll(' ', '-')}`;
    mkdirSync(this.path);
    // A router may be any user.
    chmodSync(this.path, 0o777);
  }

  /** The container of a router with these outputs at `/outputs`, and the volumes of its task. */
  router(
    type: 'fluentbit' | 'fluentd',
    { paths, command }: RouterProgram,
    {
      options = {},
      ...over
    }: { readonly options?: Record<string, string>; readonly user?: string; readonly healthCheck?: object } = {},
  ): { readonly volumes: readonly object[]; readonly container: Answer } {
    const { volumes, mountPoints } = hostPrograms(...paths);
    const firelensConfiguration = { type, options };
    const outputs = { sourceVolume: 'outputs', containerPath: '/outputs' };
    return {
      volumes: [...volumes, { name: 'outputs', host: { sourcePath: this.path } }],
      container: {
        name: 'log_router',
        memory: 256,
        command,
        firelensConfiguration,
        ...over,
        mountPoints: [...mountPoints, outputs],
      },
    };
  }

  /** The records of one output, in the form of Fluent Bit's `file`: `tag: [time, {record}]`. */
  records(file: string): readonly { readonly tag: string; readonly time: number; readonly record: Answer }[] {
    if (!existsSync(`${this.path}/${file}`)) return [];
    const lines = readFileSync(`${this.path}/${file}`, 'utf8').split('\n').filter(Boolean);
    return lines.map((line) => {
      const [, tag = '', time = '', record = ''] = /^(\S+): \[([\d.]+), (\{.*\})\]$/.exec(line) ?? [];
      return { tag, time: Number(time), record: JSON.parse(record) };
    });
  }

  /** The `log` of each record, once there are as many. */
  async lines(file: string, count: number): Promise<readonly string[]> {
    const found = await this.#world.installation.until(`${count} records of ${file}`, async () => {
      const records = this.records(file);
      return records.length >= count && records;
    });
    return found.map(({ record }) => record.log);
  }
}

/** The records that a router printed with fluentd's output `stdout`: `date time zone tag: {record}`. */
export function printedRecords(text: string): readonly { readonly tag: string; readonly record: Answer }[] {
  return text.split('\n').flatMap((line) => {
    const [, tag = '', record = ''] = /^\d{4}-\d\d-\d\d \S+ \S+ (\S+-firelens\S*): (\{.*\})$/.exec(line) ?? [];
    return record === '' ? [] : [{ tag, record: JSON.parse(record) }];
  });
}

/**
 * How a program of the task sends a message of the forward protocol, `[tag, time, {log}]`, to the router's port: again
 * until the router, which has only just been started, listens there.
 */
export function sendsByPort(log: string): string {
  const octal = (bytes: Buffer): string => [...bytes].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
  const text = (value: string): Buffer => Buffer.concat([Buffer.from([0xd9, value.length]), Buffer.from(value)]);
  const time = Buffer.from([0xce, 0x68, 0, 0, 0]);
  const tag = text('web-firelens-own');
  const bytes = octal(Buffer.concat([Buffer.from([0x93]), tag, time, Buffer.from([0x81]), text('log'), text(log)]));
  return `until printf '${bytes}' | nc $FLUENT_HOST $FLUENT_PORT 2> /dev/null; do sleep 0.2; done`;
}
