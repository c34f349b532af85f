import { type ChildProcess, spawn } from 'node:child_process';
import { Hosts } from '../test/support/hosts.ts';
import { type Answer, testImage } from '../test/support/installation.ts';
import { namespaceOf, type Place } from '../test/support/probes.ts';
import { against, type Benchmark, median, type Note, type Row } from './benchmark.ts';

const rounds = 5;
const seconds = 3;
const port = 9;

/**
 * One TCP stream between tasks of two hosts, with security groups and VXLAN; the peer is the same stream between the
 * hosts themselves, over the bare devices that join them. Hosts are network namespaces of this machine.
 */
export const benchmark: Benchmark = { name: 'overlay', run };

async function run(): Promise<readonly (Row | Note)[]> {
  if (process.getuid?.() !== 0) return [{ note: 'needs root' }];
  await using hosts = await Hosts.start({ count: 2 });
  const [near, far] = [await startTask(hosts, 0), await startTask(hosts, 1)];
  const rates: { readonly tasks: number[]; readonly bare: number[] } = { tasks: [], bare: [] };
  for (let round = 0; round < rounds; round++) {
    rates.tasks.push(await stream(near, far, far.address));
    rates.bare.push(await stream(hosts.host(0), hosts.host(1), hosts.host(1).address));
  }
  return [against('a stream between tasks of two hosts', 'MB/s', median(rates.tasks), median(rates.bare))];
}

async function startTask(hosts: Hosts, at: number): Promise<Place & { readonly address: string }> {
  const { installation } = hosts;
  const host = hosts.host(at);
  const zone = [{ Name: 'availability-zone', Values: ['us-east-1a'] }];
  const { Subnets } = await installation.ec2('DescribeSubnets', { Filters: zone });
  await installation.call('RegisterTaskDefinition', {
    family: 'idle',
    networkMode: 'awsvpc',
    cpu: '128',
    memory: '64',
    containerDefinitions: [{ name: 'main', image: testImage, command: ['sleep', '3600'], stopTimeout: 2 }],
  });
  const { tasks } = await installation.call('StartTask', {
    cluster: 'default',
    taskDefinition: 'idle',
    containerInstances: [host.containerInstanceArn],
    networkConfiguration: { awsvpcConfiguration: { subnets: [Subnets[0].SubnetId] } },
  });
  const task = await installation.reaches(tasks[0].taskArn, 'RUNNING');
  const { value: address } = task.attachments[0].details.find((each: Answer) => each.name === 'privateIPv4Address');
  return { address, namespace: await namespaceOf(host, tasks[0].taskArn) };
}

/** MB/s that arrive; processes of their own in the namespaces of both ends. */
async function stream(from: Place, to: Place, address: string): Promise<number> {
  const receiver = program(
    to,
    `let seen = 0, at; require('node:net').createServer((s) => { at = performance.now(); s.on('data', (d) => { seen += d.length; }); s.on('close', () => { console.log(seen / 1e3 / (performance.now() - at)); process.exit(); }); s.on('error', () => {}); }).listen(${port}, () => console.log('ready'))`,
  );
  const lines = linesOf(receiver);
  await lines.next();
  program(
    from,
    `const s = require('node:net').connect(${port}, '${address}'); const b = Buffer.alloc(256 * 1024); const go = () => { while (s.write(b)); }; s.on('connect', go).on('drain', go); setTimeout(() => { s.destroy(); process.exit(); }, ${seconds * 1000})`,
  );
  return Number((await lines.next()).value);
}

function program({ namespace }: Place, text: string): ChildProcess {
  const args = [`--net=${namespace}`, process.execPath, '-e', text];
  return spawn('nsenter', args, { stdio: ['ignore', 'pipe', 'inherit'] });
}

async function* linesOf(child: ChildProcess): AsyncGenerator<string, string> {
  let text = '';
  for await (const some of child.stdout ?? []) {
    text += String(some);
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
      yield text.slice(0, end);
      text = text.slice(end + 1);
    }
  }
  return text;
}
