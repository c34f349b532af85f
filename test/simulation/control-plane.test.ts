import { describe, expect, it } from 'vitest';
import { SimulatedCluster } from './cluster.ts';
import { parseFaults } from './plan/options.ts';
import { drawPlan } from './plan/plan.ts';
import { Simulation } from './simulation.ts';

let cluster: SimulatedCluster;

const webService = { cluster: 'c', serviceName: 'web', taskDefinition: 'web', desiredCount: 6 };

async function clusterWithService(seed: number, hosts = 3): Promise<SimulatedCluster> {
  cluster = new SimulatedCluster({ seed, hosts });
  await cluster.call('CreateCluster', { clusterName: 'c' });
  cluster.startAgents();
  await cluster.until('every host is connected', () => cluster.connectedHosts() === hosts);
  await cluster.call('RegisterTaskDefinition', {
    family: 'web',
    containerDefinitions: [{ name: 'app', image: 'app:1', cpu: 256, memory: 256 }],
  });
  await cluster.call('CreateService', webService);
  await cluster.until('the service is steady', () => cluster.isSteady('web', 6));
  return cluster;
}

describe('the whole control plane with simulated agents', () => {
  it('fills a service, spreads it, and reports it truthfully', async () => {
    await clusterWithService(1);
    expect(cluster.runningContainers()).toBe(6);
    expect(cluster.tasksPerHost()).toEqual([2, 2, 2]);
    const { services } = await cluster.call('DescribeServices', { cluster: 'c', services: ['web'] });
    expect(services[0]).toMatchObject({ runningCount: 6, pendingCount: 0 });
    expect(services[0].deployments).toMatchObject([{ rolloutState: 'COMPLETED', runningCount: 6 }]);
    const messages = services[0].events.map((event: { message: string }) => event.message);
    expect(messages[0]).toBe('(service web) has reached a steady state.');
    expect(messages.at(-1)).toMatch(/^\(service web\) has started \d tasks: \(task [0-9a-f]{32}\)/);
  });

  it('replaces what dies and stops what is too much', async () => {
    await clusterWithService(2);
    cluster.agents[0]?.loseContainers();
    await cluster.until('the lost tasks are stopped', () => cluster.stoppedTasks('web') === 2);
    await cluster.until('the service is steady again', () => cluster.isSteady('web', 6));
    await cluster.call('UpdateService', { cluster: 'c', service: 'web', desiredCount: 1 });
    await cluster.until('one task is left', () => cluster.isSteady('web', 1) && cluster.runningContainers() === 1);
    await cluster.call('DeleteService', { cluster: 'c', service: 'web', force: true });
    await cluster.until('nothing runs', () => cluster.runningContainers() === 0);
    await cluster.until('the service is INACTIVE', () => cluster.serviceStatus('web') === 'INACTIVE');
  });

  it('rolls a release back when a user asks, over a crash in between', async () => {
    await clusterWithService(5);
    const containerDefinitions = [{ name: 'app', image: 'app:2', cpu: 256, memory: 256 }];
    await cluster.call('RegisterTaskDefinition', { family: 'web', containerDefinitions });
    await cluster.call('UpdateService', { cluster: 'c', service: 'web', taskDefinition: 'web:2' });
    const { services } = await cluster.call('DescribeServices', { cluster: 'c', services: ['web'] });
    const serviceDeploymentArn = services[0].currentServiceDeployment;
    await cluster.until('some are new', () => cluster.runningDefinitions('web').some((arn) => arn.endsWith('web:2')));
    await cluster.call('StopServiceDeployment', { serviceDeploymentArn });
    await cluster.crashControlPlane();
    await cluster.until('the service is as it was', () => cluster.isSteady('web', 6));
    expect(cluster.runningDefinitions('web').every((arn) => arn.endsWith('web:1'))).toBe(true);
    const { serviceDeployments } = await cluster.call('DescribeServiceDeployments', {
      serviceDeploymentArns: [serviceDeploymentArn],
    });
    expect(serviceDeployments).toMatchObject([
      { status: 'ROLLBACK_SUCCESSFUL', sourceServiceRevisions: [{ runningTaskCount: 6 }] },
    ]);
    const after = await cluster.call('DescribeServices', { cluster: 'c', services: ['web'] });
    const [{ arn }] = after.services[0].currentServiceRevisions;
    expect(serviceDeployments[0].rollback.serviceRevisionArn).toBe(arn);
    expect(after.services[0].taskDefinition).toMatch(/web:1$/);
  });

  it('moves tasks off a host that stays away, and drops the surplus when it returns', async () => {
    await clusterWithService(3);
    cluster.agents[0]?.disconnect(20 * 60_000);
    await cluster.until('the tasks run elsewhere', () => cluster.runningContainers() === 8);
    await cluster.until(
      'the surplus is stopped',
      () => cluster.isSteady('web', 6) && cluster.runningContainers() === 6,
    );
  });

  it('evens out the zones when one is back as a new host', async () => {
    await clusterWithService(8);
    cluster.agents[0]?.crash();
    cluster.agents[0]?.reimage();
    await cluster.until('the tasks run elsewhere', () => cluster.tasksPerHost().join() === '0,3,3');
    const steady = (): number => cluster.events('web').filter((each) => each.endsWith('a steady state.')).length;
    await cluster.until('the service is steady again', () => steady() === 2);
    cluster.agents[0]?.start();
    let fewest = Number.POSITIVE_INFINITY;
    await cluster.until('the zones are even', () => {
      fewest = Math.min(fewest, cluster.runningContainers());
      return (
        cluster.tasksPerHost().join() === '2,2,2' && cluster.events('web').at(-1)?.includes('is AZ balanced') === true
      );
    });
    expect(fewest).toBe(6);
    const told = cluster.events('web').filter((each) => each.includes('AZ'));
    expect(told[0]).toMatch(/is not AZ balanced with 3 tasks in \S+, 3 tasks in \S+, 0 tasks in \S+\. AZ Rebalancing/);
    expect(told.at(-1)).toMatch(/is AZ balanced with 2 tasks in \S+, 2 tasks in \S+, 2 tasks in \S+\.$/);
  });

  it('hands a service over to another deployment controller and takes it back, its tasks running on', async () => {
    await clusterWithService(9);
    const named = { cluster: 'c', service: 'web' };
    const arns = (): string[] =>
      cluster.serviceTasks('web').flatMap((task) => (task.lastStatus === 'RUNNING' ? task.taskArn : []));
    const before = arns();
    const { service } = await cluster.call('UpdateService', { ...named, deploymentController: { type: 'EXTERNAL' } });
    const [old] = service.deployments;
    await cluster.call('CreateTaskSet', { ...named, taskDefinition: 'web', scale: { value: 50, unit: 'PERCENT' } });
    await cluster.until('both have their tasks', () => cluster.runningContainers() === 9);
    expect(arns()).toEqual(expect.arrayContaining(before));
    const [, made] = (await cluster.call('DescribeTaskSets', named)).taskSets;
    await cluster.call('UpdateServicePrimaryTaskSet', { ...named, primaryTaskSet: made.id });
    await cluster.call('DeleteTaskSet', { ...named, taskSet: old.id, force: true });
    await cluster.until('the old tasks are gone', () => cluster.runningContainers() === 3);
    const kept = arns();
    await cluster.call('UpdateService', { ...named, deploymentController: { type: 'ECS' } });
    await cluster.until('the rest is there', () => cluster.isSteady('web', 6));
    expect(arns()).toEqual(expect.arrayContaining(kept));
    await cluster.call('UpdateService', { ...named, forceNewDeployment: true });
    await cluster.until(
      'all are replaced',
      () => cluster.isSteady('web', 6) && !arns().some((arn) => kept.includes(arn)),
    );
  });

  it('rolls a new definition out without going below what is asked for', async () => {
    await clusterWithService(4);
    await cluster.call('RegisterTaskDefinition', {
      family: 'web',
      containerDefinitions: [{ name: 'app', image: 'app:2', cpu: 256, memory: 256 }],
    });
    await cluster.call('UpdateService', { cluster: 'c', service: 'web', taskDefinition: 'web:2' });
    let fewest = Number.POSITIVE_INFINITY;
    await cluster.until('the new revision is all there is', () => {
      fewest = Math.min(fewest, cluster.runningContainers());
      return cluster.isSteady('web', 6) && cluster.runningDefinitions('web').every((arn) => arn.endsWith('web:2'));
    });
    expect(fewest).toBeGreaterThanOrEqual(6);
  });

  it('carries on after the control plane crashed, with nothing acknowledged lost', async () => {
    await clusterWithService(5);
    const { taskArns } = await cluster.call('ListTasks', { cluster: 'c' });
    await cluster.crashControlPlane();
    const after = await cluster.call('ListTasks', { cluster: 'c' });
    expect(after.taskArns).toEqual(taskArns);
    await cluster.until('the hosts are back', () => cluster.connectedHosts() === 3);
    await cluster.until('steady', () => cluster.isSteady('web', 6));
    expect((await cluster.call('ListTasks', { cluster: 'c' })).taskArns).toEqual(taskArns);
    expect(cluster.runningContainers()).toBe(6);
  });

  it('backs off from tasks that cannot start, and recovers when they can', async () => {
    await clusterWithService(6);
    for (const agent of cluster.agents) {
      agent.behaviour = { ...agent.behaviour, pullError: () => 'CannotPullContainerError: no such image' };
    }
    await cluster.call('CreateService', { ...webService, serviceName: 'broken', desiredCount: 1 });
    await cluster.until('the service complains', () =>
      cluster.events('broken').some((each) => each.includes('is unable to consistently start tasks successfully')),
    );
    for (const agent of cluster.agents) agent.behaviour = { ...agent.behaviour, pullError: () => undefined };
    await cluster.until('it runs', () => cluster.isSteady('broken', 1));
  });

  it('stays safe and becomes steady under seeded trouble', async () => {
    const faults = parseFaults('all', 6);
    const numbers = { seed: 7, hours: 0.5, agents: 6, services: 3, balanced: false };
    const outcome = await new Simulation(drawPlan({ ...numbers, faults })).run();
    expect(outcome.violation).toBeUndefined();
    expect(outcome.faults).toBeGreaterThan(10);
  });
});
