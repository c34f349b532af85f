import { describe, expect, it } from 'vitest';
import type { Task } from '#model';
import { testDefinition } from '../test-support/records.ts';
import { type ServiceWorld, steadyWorld } from '../test-support/service-world.ts';

/** The agent says which image it pulled. */
function tell(world: ServiceWorld, task: Task, imageDigest: string): void {
  const latest = world.tasks.get(task.taskArn)!;
  world.put({ ...latest, containers: latest.containers.map((container) => ({ ...container, imageDigest })) });
}

function pinned(tasks: readonly Task[]): (string | undefined)[] {
  return tasks.map(({ containers }) => containers[0]!.pinnedDigest);
}

function digestsOf(world: ServiceWorld): (string | undefined)[] {
  return [...world.revisions.values()].map(({ containerImages }) => containerImages[0]!.imageDigest);
}

describe('version consistency', () => {
  it('the first task settles the image of the revision, and later ones get that', () => {
    const world = steadyWorld({ service: { desiredCount: 2 } });
    expect(pinned(world.running)).toEqual([undefined, undefined]);
    const [first, second] = world.running;
    tell(world, first!, 'sha256:aa');
    tell(world, second!, 'sha256:bb');
    world.change({ desiredCount: 3 });
    world.settle();
    expect(digestsOf(world)).toEqual(['sha256:aa']);
    world.change({ desiredCount: 4 });
    world.converge();
    expect(pinned(world.running).at(-1)).toBe('sha256:aa');
  });

  it('a new revision settles its own', () => {
    const world = steadyWorld({ service: { desiredCount: 1 } });
    tell(world, world.running[0]!, 'sha256:aa');
    world.settle();
    const next = world.deploy(testDefinition(2));
    world.settle();
    expect(pinned(world.all(({ deploymentId }) => deploymentId === next.id))).toEqual([undefined]);
  });

  it('a container that says versionConsistency disabled is left alone', () => {
    const [container] = testDefinition(1).containerDefinitions;
    const definition = testDefinition(1, {
      overrides: { containerDefinitions: [{ ...container!, versionConsistency: 'disabled' }] },
    });
    const world = steadyWorld({ definitions: [definition], service: { desiredCount: 1 } });
    tell(world, world.running[0]!, 'sha256:aa');
    world.settle();
    expect(digestsOf(world)).toEqual([undefined]);
  });

  it('images that have no digest are run by their tag', () => {
    const world = steadyWorld({ service: { desiredCount: 3 } });
    world.change({ desiredCount: 5 });
    world.converge();
    expect(pinned(world.running)).toEqual(Array.from({ length: 5 }, () => undefined));
  });
});
