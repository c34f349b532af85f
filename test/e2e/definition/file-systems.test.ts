import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DefinitionWorld, shell, told } from './world.ts';

let world: DefinitionWorld;
beforeAll(async () => {
  world = await DefinitionWorld.start();
});
afterAll(async () => {
  await world?.[Symbol.asyncDispose]();
});

const sh = (script: string): { command: string[] } => ({ command: ['sh', '-c', script] });
const mount = (sourceVolume: string, containerPath: string, readOnly = false): object => ({
  sourceVolume,
  containerPath,
  readOnly,
});
const efs = (name: string, fileSystemId: string, more: object = {}): object => ({
  name,
  efsVolumeConfiguration: { fileSystemId, ...more },
});

/** What `roadstead file-system …` of the instance answers. */
async function fileSystem(...args: string[]): Promise<Record<string, string>> {
  const { code, stdout, stderr } = await world.installation.roadsteadOf('ec2', 'file-system', ...args, '--json');
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

/** Where the files of a file system of the installation are. */
const files = (fileSystemId: string): string => `${world.installation.dataDir}-ec2/file-systems/${fileSystemId}/data`;
const mountsOf = (taskArn: string): string => shell(`grep -c ${taskArn.split('/').at(-1)} /proc/mounts || true`);

describe('efsVolumeConfiguration', () => {
  test('a directory of the host: kept from task to task, below the root that a volume names, read-only where it says so', async () => {
    const { fileSystemId = '' } = await fileSystem('create');
    const writes = await world.run({ volumes: [efs('hold', fileSystemId)] }, [
      {
        name: 'app',
        ...sh('mkdir -p /hold/deep/down && echo tea > /hold/deep/down/cargo'),
        mountPoints: [mount('hold', '/hold')],
      },
    ]);
    await world.reaches(writes, 'STOPPED');
    expect(readFileSync(`${files(fileSystemId)}/deep/down/cargo`, 'utf8')).toBe('tea\n');
    const reads = await world.run(
      { volumes: [efs('below', fileSystemId, { rootDirectory: '/deep/down' }), efs('whole', fileSystemId)] },
      [
        {
          name: 'app',
          ...sh(
            told({ cargo: 'cat /below/cargo', above: 'ls /below/..', refused: 'touch /whole/x', list: 'ls /whole' }),
          ),
          mountPoints: [mount('below', '/below'), mount('whole', '/whole', true)],
        },
      ],
    );
    const facts = await world.facts(reads, 'app');
    expect(facts).toMatchObject({
      cargo: 'tea',
      refused: expect.stringContaining('Read-only file system'),
      list: 'deep',
    });
    expect(mountsOf(reads)).toBe('2');
    await expect(fileSystem('delete', fileSystemId)).rejects.toThrow('is in use by a task of this host');
    await world.stop(reads);
    expect(mountsOf(reads)).toBe('0');
    expect(existsSync(`${files(fileSystemId)}/deep/down/cargo`)).toBe(true);
    await fileSystem('delete', fileSystemId);
    expect(existsSync(files(fileSystemId))).toBe(false);
  });

  test('an access point: its root, made with its permissions', async () => {
    const { fileSystemId = '' } = await fileSystem('create', '--id', 'fs-0a1b2c3d');
    const made = await fileSystem('access-point', fileSystemId, '--path', '/shop', '--permissions', '0770');
    const authorizationConfig = { accessPointId: made['accessPointId'], iam: 'ENABLED' };
    const taskArn = await world.run(
      { volumes: [efs('shop', fileSystemId, { transitEncryption: 'ENABLED', authorizationConfig })] },
      [
        {
          name: 'app',
          ...sh(told({ mode: 'stat -c %a /shop', write: 'echo open > /shop/sign' })),
          mountPoints: [mount('shop', '/shop')],
        },
      ],
    );
    expect((await world.facts(taskArn, 'app'))['mode']).toBe('770');
    expect(readFileSync(`${files(fileSystemId)}/shop/sign`, 'utf8')).toBe('open\n');
    await world.stop(taskArn);
  });

  test('what is not there keeps the task from starting, and so does a root that leads out', async () => {
    const { fileSystemId = '' } = await fileSystem('create');
    symlinkSync('/etc', `${files(fileSystemId)}/away`);
    writeFileSync(`${files(fileSystemId)}/file`, '');
    const reasonOf = async (id: string, more: object = {}): Promise<string> => {
      const taskArn = await world.run({ volumes: [efs('hold', id, more)] }, [
        { name: 'app', ...sh('sleep 3600'), mountPoints: [mount('hold', '/hold')] },
      ]);
      const { stopCode, stoppedReason } = await world.reaches(taskArn, 'STOPPED');
      expect(stopCode).toBe('TaskFailedToStart');
      expect(mountsOf(taskArn)).toBe('0');
      return stoppedReason;
    };
    const start = 'ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: ';
    const missing = await reasonOf('fs-00000000');
    expect(missing).toMatch(new RegExp(`^${start}Failed to resolve "fs-00000000\\.efs\\.us-east-1\\.amazonaws\\.com"`));
    expect(missing).toContain('roadstead file-system create --id fs-00000000');
    expect(await reasonOf(fileSystemId, { rootDirectory: '/nowhere' })).toContain('No such file or directory');
    expect(await reasonOf(fileSystemId, { rootDirectory: '/file' })).toContain('No such file or directory');
    expect(await reasonOf(fileSystemId, { rootDirectory: '/away' })).toContain('leads out of the file system');
    expect(await reasonOf(fileSystemId, { rootDirectory: '/../../../../..' })).toContain(
      'leads out of the file system',
    );
    const authorizationConfig = { accessPointId: 'fsap-00000000' };
    expect(await reasonOf(fileSystemId, { transitEncryption: 'ENABLED', authorizationConfig })).toContain(
      'has no access point fsap-00000000',
    );
  });

  test('an NFS server: encryption that is not there is refused', async () => {
    const { fileSystemId = '' } = await fileSystem('create', '--nfs', '127.0.0.1:/srv/hold');
    const taskArn = await world.run({ volumes: [efs('hold', fileSystemId, { transitEncryption: 'ENABLED' })] }, [
      { name: 'app', ...sh('true'), mountPoints: [mount('hold', '/hold')] },
    ]);
    expect((await world.reaches(taskArn, 'STOPPED')).stoppedReason).toContain('to which nothing is encrypted');
  });

  test.skipIf(shell("grep -c 'nfs4$' /proc/filesystems || true") !== '0')(
    'an NFS server: mounted by the engine, whose words say that this kernel cannot',
    async () => {
      const { fileSystemId = '' } = await fileSystem('create', '--nfs', '127.0.0.1:/srv/hold');
      const taskArn = await world.run({ volumes: [efs('hold', fileSystemId, { rootDirectory: '/deep' })] }, [
        { name: 'app', ...sh('true'), mountPoints: [mount('hold', '/hold')] },
      ]);
      const { stoppedReason } = await world.reaches(taskArn, 'STOPPED');
      expect(stoppedReason).toMatch(/^Cannot(Create|Start)ContainerError: Error response from daemon: /);
      expect(stoppedReason).toContain('no such device');
      const name = shell(`docker volume ls -q --filter label=com.amazonaws.ecs.task-arn=${taskArn}`);
      expect(name).toMatch(/^ecs-facts-\d+-1-hold-[0-9a-f]{20}$/);
      expect(JSON.parse(shell(`docker volume inspect -f '{{json .Options}}' ${name}`))).toEqual({
        type: 'nfs',
        device: ':/srv/hold/deep',
        o: 'addr=127.0.0.1,nfsvers=4.1,rsize=1048576,wsize=1048576,hard,timeo=600,retrans=2,noresvport',
      });
    },
  );
});
