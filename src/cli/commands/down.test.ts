import { mkdir, writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { scriptedEngine, TestInstallation } from '../../../test/support/command-line.ts';
import { installationPaths } from '../installation.ts';

const ours = 'arn:aws:ecs:us-east-1:999999999999:container-instance/fargate/11111111111111111111111111111111';
const theirs = 'arn:aws:ecs:us-east-1:999999999999:container-instance/fargate/22222222222222222222222222222222';

function container(instance: string | undefined, task: string, State = 'running') {
  const labels = {
    'com.amazonaws.ecs.task-arn': `arn:aws:ecs:us-east-1:000000000000:task/web/${task}`,
    'roadstead.container-instance-arn': instance,
  };
  return { Id: task, Names: [`/${task}`], State, Labels: instance === undefined ? null : labels };
}

/** An engine with these containers, and a data directory whose agent is `ours`. */
async function installed(containers: readonly object[]): Promise<TestInstallation> {
  const installation = await TestInstallation.create({
    engine: scriptedEngine({ 'GET /containers/json': containers }),
  });
  const paths = installationPaths(installation.dataDir);
  await mkdir(paths.agent, { recursive: true });
  await writeFile(paths.agentState, JSON.stringify({ format: 1, cluster: 'fargate', containerInstanceArn: ours }));
  return installation;
}

describe('down', () => {
  test('counts the tasks of its own agent, each once', async () => {
    const here = [container(ours, 'a'), container(ours, 'a'), container(ours, 'b'), container(ours, 'c', 'exited')];
    await using installation = await installed([...here, container(theirs, 'd'), container(undefined, 'e')]);
    const { stdout } = await installation.run(['down', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ tasksLeftRunning: 2 });
    expect((await installation.run(['down'])).stdout).toContain('2 tasks keep running');
  });

  test('promises to take over nothing where only other installations have tasks', async () => {
    await using installation = await installed([container(theirs, 'd')]);
    const { exitCode, stdout } = await installation.run(['down']);
    expect(exitCode).toBe(0);
    expect(stdout).not.toContain('keep');
  });

  test('counts nothing while its agent has not registered', async () => {
    await using installation = await installed([container(theirs, 'd')]);
    await writeFile(installationPaths(installation.dataDir).agentState, JSON.stringify({ format: 1, cluster: 'x' }));
    expect(JSON.parse((await installation.run(['down', '--json'])).stdout)).toMatchObject({ tasksLeftRunning: 0 });
  });
});
