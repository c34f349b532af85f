import { get } from 'node:http';
import type { Answer, Installation } from '../support/installation.ts';

/** What the tests of a cluster `shop` look at. */
export function shopViews(installation: () => Installation) {
  /** The service as the aws CLI shows it. */
  async function service(name: string): Promise<Answer> {
    const { services } = await installation().aws('ecs', 'describe-services', '--cluster', 'shop', '--services', name);
    return services[0];
  }

  async function runningTasks(name: string): Promise<Answer[]> {
    const { taskArns } = await installation().call('ListTasks', { cluster: 'shop', serviceName: name });
    if (taskArns.length === 0) return [];
    const { tasks } = await installation().call('DescribeTasks', { cluster: 'shop', tasks: taskArns });
    return tasks.filter((task: Answer) => task.lastStatus === 'RUNNING');
  }

  async function steady(name: string, count: number): Promise<Answer[]> {
    return await installation().until(`${name} runs ${count}`, async () => {
      const tasks = await runningTasks(name);
      const { services } = await installation().call('DescribeServices', { cluster: 'shop', services: [name] });
      const [one] = services;
      return (
        tasks.length === count &&
        one.runningCount === count &&
        one.pendingCount === 0 &&
        one.deployments.length === 1 &&
        tasks
      );
    });
  }

  async function runtimeIds(name: string): Promise<string[]> {
    return (await runningTasks(name)).map((task) => task.containers[0].runtimeId).sort((a, b) => (a < b ? -1 : 1));
  }

  return { service, runningTasks, steady, runtimeIds };
}

/** What an HTTP server answers. */
export function body(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = get(url, { timeout: 2_000 }, (response) => {
      let text = '';
      response.on('data', (chunk) => {
        text += String(chunk);
      });
      response.on('end', () => resolve(text));
    });
    request.on('timeout', () => request.destroy(new Error('timed out')));
    request.on('error', reject);
  });
}

/** Of an awsvpc task. */
export function addressOf(task: Answer): string {
  return task.attachments[0].details.find((each: Answer) => each.name === 'privateIPv4Address').value;
}
