import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Define } from './command-definition.ts';

/** `1000:1000`. */
function posixUser(text: string): { readonly uid: number; readonly gid: number } {
  const [, uid, gid] = /^(\d{1,10}):(\d{1,10})$/.exec(text) ?? [];
  if (uid === undefined) throw new InvalidArgumentError('A user is two numbers, of the user and its group: 1000:1000.');
  return { uid: Number(uid), gid: Number(gid) };
}

function permissions(text: string): number {
  if (!/^[0-7]{3,4}$/.test(text)) throw new InvalidArgumentError('Permissions are three or four octal digits: 0755.');
  return Number.parseInt(text, 8);
}

/** A server's name or address, and the path that it exports. */
function nfsExport(text: string): { readonly server: string; readonly path: string } {
  const [, server, path] = /^([^\s:/,]+)(?::(\/[^\s,]*))?$/.exec(text) ?? [];
  if (server === undefined) throw new InvalidArgumentError('An NFS export is SERVER or SERVER:/PATH.');
  return { server, path: path ?? '/' };
}

function directory(text: string): string {
  if (!text.startsWith('/')) throw new InvalidArgumentError('A directory is an absolute path.');
  return text;
}

/** `roadstead file-system …` and `roadstead volume …`: what tasks have on this host's disk. */
export function defineStorageCommands(program: Command, define: Define): void {
  const fileSystem = program
    .command('file-system')
    .description('EFS file systems that tasks of this host can mount')
    .addHelpText('after', '\nExamples:\n  $ roadstead file-system create\n  $ roadstead file-system list');
  define(fileSystem, {
    name: 'create',
    summary: 'make a file system: a folder of this installation, or what is named',
    examples: ['roadstead file-system create', 'roadstead file-system create --id fs-0a1b2c3d --nfs 10.0.0.5:/srv'],
    configure: (command) =>
      command
        .option('--id <id>', 'its id, fs-… (default: a new one)')
        .addOption(
          new Option('--directory <path>', 'its files are in this directory of this host').argParser(directory),
        )
        .addOption(
          new Option('--nfs <server[:/path]>', 'it is an export of this NFS server')
            .argParser(nfsExport)
            .conflicts('directory'),
        ),
    load: async () => (await import('./commands/file-system.ts')).createFileSystem,
  });
  define(fileSystem, {
    name: 'access-point',
    summary: 'make an access point: a root of its own',
    examples: [
      'roadstead file-system access-point fs-0a1b2c3d --path /shop',
      'roadstead file-system access-point fs-0a1b2c3d --path /shop --permissions 0770',
    ],
    configure: (command) =>
      command
        .argument('<file-system>', 'its id, fs-…')
        .option('--path <path>', 'the root for those who come by it', '/')
        .option('--user <uid:gid>', 'whose every access is', posixUser)
        .option('--permissions <mode>', 'of the root, if it has to be made (default: 0755)', permissions),
    load: async () => (await import('./commands/file-system.ts')).createAccessPoint,
  });
  define(fileSystem, {
    name: 'list',
    summary: 'list file systems and their access points',
    examples: ['roadstead file-system list', 'roadstead file-system list --json'],
    load: async () => (await import('./commands/file-system.ts')).listFileSystems,
  });
  define(fileSystem, {
    name: 'delete',
    summary: 'forget a file system; files in a folder of this installation are deleted',
    examples: ['roadstead file-system delete fs-0a1b2c3d', 'roadstead file-system delete fs-0a1b2c3d -q'],
    configure: (command) => command.argument('<file-system>', 'its id, fs-…'),
    load: async () => (await import('./commands/file-system.ts')).deleteFileSystem,
  });
  defineVolumeCommands(program, define);
}

function defineVolumeCommands(program: Command, define: Define): void {
  const volume = program
    .command('volume')
    .description('managed EBS volumes of tasks on this host, and snapshots of them')
    .addHelpText('after', '\nExamples:\n  $ roadstead volume list\n  $ roadstead volume snapshot vol-0a1b2c3d');
  define(volume, {
    name: 'list',
    summary: 'list volumes, and snapshots with --snapshots',
    examples: ['roadstead volume list', 'roadstead volume list --snapshots'],
    configure: (command) => command.option('--snapshots', 'list snapshots instead'),
    load: async () => (await import('./commands/volume.ts')).listVolumes,
  });
  define(volume, {
    name: 'snapshot',
    summary: 'make a snapshot of a volume, whose task may run on: tasks can begin with it on this host',
    examples: ['roadstead volume snapshot vol-0a1b2c3d4e5f60718', 'roadstead volume snapshot vol-0a1b2c3d4e5f60718 -q'],
    configure: (command) => command.argument('<volume>', 'its id, vol-…'),
    load: async () => (await import('./commands/volume.ts')).snapshotVolume,
  });
  define(volume, {
    name: 'delete',
    summary: 'delete a volume that its task has left, or a snapshot',
    examples: ['roadstead volume delete vol-0a1b2c3d4e5f60718', 'roadstead volume delete snap-0a1b2c3d4e5f60718'],
    configure: (command) => command.argument('<id>', 'vol-… or snap-…'),
    load: async () => (await import('./commands/volume.ts')).deleteVolume,
  });
}
