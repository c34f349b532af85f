import { type ChildProcessWithoutNullStreams, execFile, spawn } from 'node:child_process';

import type { Host } from './hosts.ts';
import { engine } from './installation.ts';

/** A namespace of the network from which something is tried. */
export interface Place {
  /** As `nsenter --net=` takes it. */
  readonly namespace: string;
}

/** A task on one of several hosts: its address, and its namespace. */
export interface TaskPlace extends Place {
  readonly taskArn: string;
  readonly host: Host;
  readonly address: string;
}

/** The namespace of a running task's container. */
export async function namespaceOf(host: Host, taskArn: string): Promise<string> {
  const runtime = engine(host.engine.dockerHost);
  try {
    for (const { id } of await runtime.listContainers([`com.amazonaws.ecs.task-arn=${taskArn}`])) {
      const facts = await runtime.inspectContainer(id);
      if (facts !== undefined && facts.pid > 0) return `/proc/${facts.pid}/ns/net`;
    }
  } finally {
    runtime.close();
  }
  throw new Error(`no container of ${taskArn} runs on ${host.address}`);
}

/** Runs busybox in a namespace: its output, or `undefined` when it failed. */
export function inside({ namespace }: Place, ...args: string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile('nsenter', [`--net=${namespace}`, '/bin/busybox', ...args], (error, stdout) => {
      resolve(error === null ? stdout : undefined);
    });
  });
}

/** Whether a web server answers there within a second. */
export async function answers(from: Place, address: string, port = 80): Promise<boolean> {
  const url = `http://${address}:${port}/hostname`;
  return (await inside(from, 'timeout', '1', 'busybox', 'wget', '-q', '-O', '-', url)) !== undefined;
}

/** Datagrams to a port of a place, in the order in which they came, until it is disposed of. */
export class DatagramEar implements Disposable {
  readonly #child: ChildProcessWithoutNullStreams;
  #heard = '';

  constructor(at: Place, port: number) {
    this.#child = program(
      at,
      `require('node:dgram').createSocket('udp4').on('message', (said) => console.log(String(said))).bind(${port}, () => console.log('ready'))`,
    );
    this.#child.stdout.on('data', (data: Buffer) => {
      this.#heard += data.toString();
    });
  }

  get heard(): readonly string[] {
    return this.#heard.split('\n').slice(0, -1);
  }

  [Symbol.dispose](): void {
    this.#child.kill('SIGKILL');
  }
}

/** Sends a datagram from an address that the place may or may not have by right. */
export async function sendDatagram(
  at: Place,
  source: string,
  address: string,
  port: number,
  text: string,
): Promise<void> {
  const child = program(
    at,
    `const s = require('node:dgram').createSocket('udp4'); s.bind(0, '${source}', () => s.send('${text}', ${port}, '${address}', () => s.close()))`,
  );
  await new Promise<void>((resolve) => child.once('exit', () => resolve()));
}

/** Runs a text of Node.js in the namespace. */
function program({ namespace }: Place, text: string): ChildProcessWithoutNullStreams {
  return spawn('nsenter', [`--net=${namespace}`, process.execPath, '-e', text]);
}

/** An open connection to a server that says what it hears. */
export class OpenConnection implements Disposable {
  readonly #child: ChildProcessWithoutNullStreams;
  #heard = '';

  constructor({ namespace }: Place, address: string, port: number) {
    this.#child = spawn('nsenter', [`--net=${namespace}`, '/bin/busybox', 'nc', address, String(port)]);
    this.#child.stdout.on('data', (data: Buffer) => {
      this.#heard += data.toString();
    });
    this.#child.stdin.on('error', () => {});
  }

  say(text: string): void {
    this.#child.stdin.write(`${text}\n`);
  }

  heard(text: string): boolean {
    return this.#heard.includes(`${text}\n`);
  }

  [Symbol.dispose](): void {
    this.#child.kill('SIGKILL');
  }
}
