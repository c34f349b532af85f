import * as sdk from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { operations } from '#api';
import { type Installation, startedInstallation, testImage } from '../support/installation.ts';
import { type Scrape, scrape } from '../support/prometheus.ts';
import { driveCapacityProviders } from './operations/capacity.ts';
import { driveAccountSettings, driveClusters } from './operations/clusters.ts';
import { driveDaemonTaskDefinitions, driveTaskDefinitions } from './operations/definitions.ts';
import { OperationDriver } from './operations/driver.ts';
import { readExpectations } from './operations/expectations.ts';
import { driveExpress } from './operations/express.ts';
import { driveContainerInstances } from './operations/instances.ts';
import { emptyAnswers, refusedRequests } from './operations/refusals.ts';
import { driveRelease, driveServices } from './operations/services.ts';
import { driveTaskSets } from './operations/task-sets.ts';
import { driveTasks, type RealHost } from './operations/tasks.ts';

const requests = 'roadstead_api_requests_total';
/** Every operation of ECS that the SDK has a command for. */
const known = Object.keys(sdk).flatMap((name) => (/^[A-Z]\w+(?=Command$)/.exec(name)?.[0] ?? []) as string[]);
const served = new Set(operations.filter((each) => each.service === 'ecs').map((each) => each.name));
const expectations = readExpectations();

let installation: Installation;
let driver: OperationDriver;
let host: RealHost;
let before: Scrape;

beforeAll(async () => {
  installation = await startedInstallation();
  driver = new OperationDriver(installation);
  const cluster = 'host';
  await installation.call('CreateCluster', { clusterName: cluster });
  await installation.startAgent(cluster);
  await installation.call('RegisterTaskDefinition', {
    family: 'sleep',
    networkMode: 'host',
    taskRoleArn: 'arn:aws:iam::000000000000:role/sleep',
    containerDefinitions: [{ name: 'main', image: testImage, memory: 32, command: ['sleep', '3600'], stopTimeout: 2 }],
  });
  // The one that daemons run.
  await installation.call('RegisterDaemonTaskDefinition', {
    family: 'logs',
    containerDefinitions: [{ name: 'main', image: testImage, memory: 32 }],
  });
  const containerInstance = await installation.until('the instance is connected', async () => {
    const listed = await installation.call('ListContainerInstances', { cluster, filter: 'agentConnected == true' });
    return listed.containerInstanceArns[0];
  });
  host = { cluster, containerInstance, taskDefinition: 'sleep' };
  before = await scrape(installation.url);
});

afterAll(async () => {
  driver?.[Symbol.dispose]();
  await installation?.[Symbol.asyncDispose]();
});

describe.concurrent('AWS’s clients', () => {
  it('make and end a cluster', () => driveClusters(driver));
  it('set and reset account settings', () => driveAccountSettings(driver));
  it('register and delete task definitions', () => driveTaskDefinitions(driver));
  it('register and delete daemon task definitions', () => driveDaemonTaskDefinitions(driver));
  it('register and drain a container instance', () => driveContainerInstances(driver));
  it('start and stop tasks', () => driveTasks(driver, host));
  it('create, deploy, roll back and delete a service', () => driveServices(driver, host));
  it('release a service blue/green, past a hook', () => driveRelease(driver, host));
  it('shift a service from task set to task set', () => driveTaskSets(driver, host));
  it('make, use and delete a capacity provider', () => driveCapacityProviders(driver));
  it('make, change and delete an Express service', () => driveExpress(driver));

  it('find nothing where nothing can be', async () => {
    for (const [operation, input, answer] of emptyAnswers) {
      expect(await driver.answer(operation, input), operation).toEqual(answer);
    }
  });

  it('are refused what docs/compat/expectations.json expects to be, as it expects', async () => {
    const inputs = refusedRequests(host);
    expect(Object.keys(inputs).toSorted()).toEqual(Object.keys(expectations.operations).toSorted());
    const surprises: string[] = [];
    for (const [operation, { ends, because }] of Object.entries(expectations.operations)) {
      const outcome = await driver.outcome(operation, inputs[operation] ?? {});
      const ended = 'code' in outcome ? outcome.code : 'success';
      if (ended !== ends) surprises.push(`${operation}: expected ${ends} because ${because}; ended with ${ended}`);
      if ('code' in outcome) expect(outcome.message, operation).toMatch(/\w{3}/);
    }
    expect(surprises).toEqual([]);
  }, 300_000);
});

describe('the server', () => {
  it('knows every operation of the SDK, and serves none that is expected to be missing', () => {
    expect(known.length).toBeGreaterThanOrEqual(88);
    const missing = Object.entries(expectations.operations).filter(
      ([, { ends }]) => ends === 'NotImplementedException',
    );
    const servedNow = missing.map(([operation]) => operation).filter((operation) => served.has(operation));
    expect(servedNow, 'served, so take them out of docs/compat/expectations.json and drive them').toEqual([]);
  });

  it('was really asked for every operation, by name', async () => {
    const after = await scrape(installation.url);
    const seen = (operation: string): number => {
      const labels = { service: 'ecs', operation };
      return after.total(requests, labels) - before.total(requests, labels);
    };
    const undriven = known.filter((operation) => driver.called(operation) === 0);
    expect(undriven, 'no client drives them: write a driver in test/e2e/operations').toEqual([]);
    const unseen = known.filter((operation) => seen(operation) < driver.called(operation));
    expect(unseen, 'a client called them, and the server counted fewer calls').toEqual([]);
  });

  it('answered with its own fault to none of them', async () => {
    const after = await scrape(installation.url);
    for (const status of ['500', '502', '503', '504']) {
      const faults = known.filter((operation) => after.total(requests, { service: 'ecs', operation, status }) > 0);
      expect(faults, status).toEqual([]);
    }
    const absent = known.filter((operation) => after.total(requests, { service: 'ecs', operation, status: '501' }) > 0);
    expect(absent.toSorted()).toEqual(known.filter((operation) => !served.has(operation)).toSorted());
  });

  it('was asked by the aws CLI for most of them', () => {
    expect(driver.clients.cli.length).toBeGreaterThan(50);
  });
});
