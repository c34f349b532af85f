import { describe, expect, test } from 'vitest';
import { Fault } from '#base';
import { TestInstallation } from '../../../test/support/command-line.ts';
import type { ControlPlane } from '../control-plane.ts';
import { installationPaths } from '../installation.ts';
import type { Invocation } from '../invocation.ts';
import { createSteps } from '../output/steps.ts';
import { createStyle } from '../output/style.ts';
import type { CommandLineDeps } from '../ports.ts';
import { type DescribedTask, waitForTasks } from './sample-service.ts';
import { callTask, privateAddress } from './task-call.ts';

function task(id: string, lastStatus: string, stoppedReason?: string): DescribedTask {
  const details = [
    { name: 'subnetId', value: 'subnet-1' },
    { name: 'privateIPv4Address', value: `172.31.0.${id}` },
  ];
  return {
    taskArn: `arn:aws:ecs:us-east-1:000000000000:task/demo/${id}`,
    lastStatus,
    createdAt: Number(id),
    attachments: [{ type: 'ElasticNetworkInterface', details }],
    ...(stoppedReason === undefined ? {} : { stoppedReason }),
  };
}

/** A control plane that answers from these tasks and this deployment, both as they are at the moment. */
function controlPlane(state: {
  running: DescribedTask[];
  stopped?: DescribedTask[];
  failedTasks?: number;
}): ControlPlane {
  const all = (): DescribedTask[] => [...state.running, ...(state.stopped ?? [])];
  const ecs = (operation: string, input: { readonly desiredStatus?: string; readonly tasks?: readonly string[] }) => {
    const listed = input.desiredStatus === 'STOPPED' ? (state.stopped ?? []) : state.running;
    const answers: Readonly<Record<string, unknown>> = {
      ListTasks: { taskArns: listed.map(({ taskArn }) => taskArn) },
      DescribeTasks: { tasks: all().filter(({ taskArn }) => input.tasks?.includes(taskArn ?? '')) },
      DescribeServices: {
        services: [
          {
            deployments: [{ status: 'PRIMARY', failedTasks: state.failedTasks ?? 0 }],
            events: [{ message: 'an event' }],
          },
        ],
      },
    };
    return Promise.resolve(answers[operation]);
  };
  return { ecs, roadstead: ecs } as unknown as ControlPlane;
}

async function invocation(http?: CommandLineDeps['http']): Promise<Invocation> {
  await using installation = await TestInstallation.create();
  const deps = installation.deps();
  const style = createStyle({ colour: false, utf8: true });
  return {
    deps: http === undefined ? deps : { ...deps, http },
    common: { output: 'table', debug: false, paths: installationPaths('/none'), dataDirGiven: false },
    steps: createSteps({ mode: 'plain', style }, { clock: deps.clock, write: () => {} }),
    outStyle: style,
    style,
  };
}

const three = [task('1', 'RUNNING'), task('2', 'RUNNING'), task('3', 'RUNNING')];

describe('waiting for the tasks', () => {
  test('ends when all run and the caller is content, oldest first', async () => {
    const state = { running: [task('4', 'RUNNING'), three[1]!, task('3', 'PENDING')] };
    const said: string[] = [];
    const say = (text: string): void => {
      said.push(text);
      if (said.length === 2) state.running = [task('4', 'RUNNING'), three[1]!, three[2]!];
    };
    const tasks = await waitForTasks(await invocation(), controlPlane(state), say);
    expect(tasks.map(({ taskArn }) => taskArn?.at(-1))).toEqual(['2', '3', '4']);
    expect(said).toEqual(['2/3 running, 1 pending', '2/3 running, 1 pending', '3/3 running']);
  });

  test('gives up at once, with the reasons, when tasks keep failing and none runs', async () => {
    const stopped = [task('9', 'STOPPED', 'CannotStartContainerError: no such file')];
    const state = { running: [task('1', 'PENDING')], stopped, failedTasks: 6 };
    await expect(waitForTasks(await invocation(), controlPlane(state), () => {})).rejects.toMatchObject({
      exitCode: 6,
      why: '0/3 running, 1 pending\ntask 9 stopped: CannotStartContainerError: no such file\nan event',
    });
  });
});

describe('calling a task', () => {
  const refuse = (): Promise<never> => Promise.reject(new Fault('Unreachable', 'connection refused'));

  test('goes to its own address, and waits until its server listens', async () => {
    expect(privateAddress(three[0]!)).toBe('172.31.0.1');
    const urls: string[] = [];
    const http: CommandLineDeps['http'] = {
      canListen: () => Promise.resolve(true),
      send: ({ url }) => {
        urls.push(url);
        if (urls.length < 3) return refuse();
        return Promise.resolve({ status: 200, headers: {}, body: new TextEncoder().encode('hello from it\n') });
      },
    };
    const answer = await callTask(await invocation(http), controlPlane({ running: [...three] }), three[0]!);
    expect(answer).toMatchObject({ url: 'http://172.31.0.1:8080/', body: 'hello from it' });
    expect(urls).toHaveLength(3);
  });

  test('ends early when the task has ended', async () => {
    const http = { canListen: () => Promise.resolve(true), send: refuse };
    const calling = callTask(await invocation(http), controlPlane({ running: [three[1]!] }), three[0]!);
    await expect(calling).rejects.toMatchObject({ name: 'TaskEnded' });
  });
});
