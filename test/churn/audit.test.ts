import { describe, expect, it } from 'vitest';
import { differences, type Found, holderName, type Told } from './audit.ts';

const arn = (id: string): string => `arn:aws:ecs:us-east-1:000000000000:task/churn/${id}`;
const options = { sharedVolumes: ['kept'], hosts: 2, mostSpares: 2 };

const told: Told = {
  tasks: [
    {
      taskArn: arn('a'),
      lastStatus: 'RUNNING',
      desiredStatus: 'RUNNING',
      host: 'fargate',
      containers: [
        { taskArn: arn('a'), name: 'app', running: true, id: '1' },
        { taskArn: arn('a'), name: 'mate', running: false, id: '2' },
      ],
      hasHolder: true,
      address: '172.31.0.4',
      limited: true,
      volumes: 2,
    },
  ],
  services: [{ serviceName: 'web', desiredCount: 1, runningCount: 1, pendingCount: 0, acceptable: [3, 1] }],
  connected: 2,
  interfaces: 1,
  failures: 0,
};
const [task] = told.tasks;
const [service] = told.services;

const found: Found = {
  containers: [
    { taskArn: arn('a'), name: 'app', running: true, id: '1' },
    { taskArn: arn('a'), name: 'mate', running: false, id: '2' },
    { taskArn: arn('a'), name: holderName, running: true, id: '3' },
  ],
  spares: [{ id: '4', running: true }],
  shims: [
    { id: '1', runs: 'httpd' },
    { id: '3', runs: 'pause' },
  ],
  devices: ['rs1'],
  routes: [{ address: '172.31.0.4', device: 'rs1' }],
  volumes: [{ name: 'one', taskArn: arn('a') }, { name: 'two', taskArn: arn('a') }, { name: 'kept' }],
  cgroups: ['a'],
  kept: { fargate: ['a'], ec2: [] },
};

describe('what is told and what is found', () => {
  it('agree', () => {
    expect(differences(told, found, options)).toEqual([]);
  });

  it.each<[string, Partial<Told>, RegExp]>([
    ['an agent away', { connected: 1 }, /1 of 2 agents/],
    ['an address not given back', { interfaces: 2 }, /2 addresses are held/],
    ['a defect', { failures: 1 }, /met a defect/],
    ['a task on its way', { tasks: [{ ...task!, lastStatus: 'PENDING' }] }, /task a is PENDING/],
    ['a task that is to go', { tasks: [{ ...task!, desiredStatus: 'STOPPED' }] }, /shall be STOPPED/],
    ['a service that is short', { services: [{ ...service!, runningCount: 0 }] }, /wants 1: 0 run/],
    ['a count that was lost', { services: [{ ...service!, acceptable: [2] }] }, /where 2 was acknowledged/],
    ['no task any more', { tasks: [] }, /there and should not be/],
  ])('differ in %s', (_, changed, message) => {
    expect(differences({ ...told, ...changed }, found, options).join('\n')).toMatch(message);
  });

  const [app, mate, holder] = found.containers;
  it.each<[string, Partial<Found>, RegExp]>([
    ['a spare that has ended', { spares: [{ id: '4', running: false }] }, /spare 4 has ended/],
    ['too many spares', { spares: ['4', '5', '6'].map((id) => ({ id, running: true })) }, /3 spares wait, at most 2/],
    ['an orphan', { containers: [...found.containers, { taskArn: arn('b'), name: 'app', running: true }] }, /app of b/],
    ['a container twice', { containers: [...found.containers, app!] }, /app of a, running is there and should not/],
    ['a container that is missing', { containers: [mate!, holder!] }, /app of a, running is missing/],
    ['a container that has ended', { containers: [{ ...app!, running: false }, mate!, holder!] }, /app of a, ended is/],
    ['another container than is told', { containers: [{ ...app!, id: '9' }, mate!, holder!] }, /another one than is/],
    ['a holder that is missing', { containers: [app!, mate!] }, /pause of a, running is missing/],
    [
      'a shim without a container',
      { shims: [...found.shims, { id: '4', runs: 'x' }] },
      /process of container 4 x is there/,
    ],
    ['a device', { devices: ['rs1', 'rs2'] }, /device rs2 is there/],
    ['a route', { routes: [] }, /route to 172.31.0.4 is missing/],
    [
      'a volume that is left',
      { volumes: [...found.volumes, { name: 'x', taskArn: arn('z') }] },
      /volume of z is there/,
    ],
    ['a volume that is missing', { volumes: found.volumes.slice(1) }, /volume of a is missing/],
    ["a volume that is nobody's", { volumes: [...found.volumes, { name: '0abc' }] }, /0abc is there and is nobody's/],
    ['a control group', { cgroups: ['a', 'b'] }, /control group b is there/],
    ['a file', { kept: { fargate: ['a'], ec2: ['b'] } }, /file of the ec2 agent's b is there/],
    ['a file that is missing', { kept: { fargate: [], ec2: [] } }, /file of the fargate agent's a is missing/],
  ])('differ in %s', (_, changed, message) => {
    expect(differences(told, { ...found, ...changed }, options).join('\n')).toMatch(message);
  });
});
