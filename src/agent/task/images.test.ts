import { expect, test } from 'vitest';
import { Fault, instantFromMs, ManualClock } from '#base';
import type { ContainerRuntime, ImageFacts } from '../runtime/port.ts';
import { digestOf, ImageStore, type PullBehaviour, registryOf } from './images.ts';

const pulled: ImageFacts = { id: 'sha256:1', repoDigests: ['app@sha256:aa'], environment: [] };
const madeHere: ImageFacts = { id: 'sha256:2', repoDigests: [], environment: [] };

/** An engine with at most one image, and a registry that answers as told. */
class Engine {
  readonly clock = new ManualClock(instantFromMs(1_000_000));
  pulls = 0;
  image: ImageFacts | undefined;
  failure: string | undefined;

  constructor(image?: ImageFacts) {
    this.image = image;
  }

  store(behaviour: PullBehaviour): ImageStore {
    const runtime: Pick<ContainerRuntime, 'inspectImage' | 'pullImage'> = {
      inspectImage: async () => this.image,
      pullImage: async () => {
        this.pulls += 1;
        if (this.failure !== undefined) throw new Fault('EngineError', this.failure);
        this.image = pulled;
      },
    };
    return new ImageStore({ behaviour }, { runtime: runtime as ContainerRuntime, clock: this.clock });
  }
}

const never = new AbortController().signal;

test.each([
  ['default', 2, 2],
  ['always', 2, 2],
  ['once', 1, 1],
  ['prefer-cached', 1, 0],
] as const)('%s: two containers one after the other cost pulls', async (behaviour, whenAbsent, whenThere) => {
  const absent = new Engine();
  const store = absent.store(behaviour);
  await store.get('app:1', never);
  await store.get('app:1', never);
  expect(absent.pulls).toBe(whenAbsent);
  const there = new Engine(pulled);
  const other = there.store(behaviour);
  await other.get('app:1', never);
  await other.get('app:1', never);
  expect(there.pulls).toBe(whenThere);
});

test('an image made on this host, or named by digest, is used as it is by default', async () => {
  const engine = new Engine(madeHere);
  expect(await engine.store('default').get('app:1', never)).toEqual({ image: madeHere });
  const byDigest = new Engine(pulled);
  await byDigest.store('default').get('app@sha256:aa', never);
  expect(engine.pulls + byDigest.pulls).toBe(0);
});

test.each([
  ['default', true, false],
  ['always', false, true],
  ['once', false, true],
] as const)('%s: a failed pull of an image that is here', async (behaviour, usesIt, stopsTask) => {
  const engine = new Engine(pulled);
  engine.failure = 'manifest unknown';
  const outcome = await engine.store(behaviour).get('app:1', never);
  expect(outcome.image !== undefined).toBe(usesIt);
  if (!usesIt) expect(outcome).toMatchObject({ reason: 'CannotPullContainerError: manifest unknown', stopsTask });
});

test.each([
  [
    '012345678901.dkr.ecr.eu-west-1.amazonaws.com/app:1',
    'Head "https://…": no basic auth credentials',
    'CannotPullECRContainerError: Head "https://…": no basic auth credentials. Give the host a login for 012345678901.dkr.ecr.eu-west-1.amazonaws.com: ECS_ENGINE_AUTH_DATA',
  ],
  ['012345678901.dkr.ecr.eu-west-1.amazonaws.com/app:1', 'not found', 'CannotPullContainerError: not found'],
  ['ghcr.io/app:1', 'denied', 'CannotPullContainerError: denied'],
])('%s, refused with: %s', async (reference, failure, reason) => {
  const engine = new Engine();
  engine.failure = failure;
  expect(await engine.store('default').get(reference, never)).toMatchObject({ reason });
});

test('a registry that cannot be reached is left alone for a while when the image is here', async () => {
  const engine = new Engine(pulled);
  engine.failure = 'dial tcp: i/o timeout';
  const store = engine.store('default');
  await store.get('app:1', never);
  await store.get('other:1', never);
  expect(engine.pulls).toBe(1);
  engine.clock.advanceMs(6 * 60_000);
  await store.get('app:1', never);
  expect(engine.pulls).toBe(2);
});

test('tasks that want the same image at the same time share one pull', async () => {
  const engine = new Engine();
  const store = engine.store('default');
  const outcomes = await Promise.all([1, 2, 3].map(() => store.get('app:1', never)));
  expect(outcomes.every(({ image }) => image === pulled)).toBe(true);
  expect(engine.pulls).toBe(1);
});

test('digests and registries of references', () => {
  const image = { ...pulled, repoDigests: ['mirror/app@sha256:bb', 'app@sha256:aa'] };
  expect(digestOf(image, 'app:1')).toBe('sha256:aa');
  expect(digestOf(image, 'elsewhere:1')).toBe('sha256:bb');
  expect(digestOf(madeHere, 'app:1')).toBeUndefined();
  expect(registryOf('nginx')).toBe('docker.io');
  expect(registryOf('library/nginx')).toBe('docker.io');
  expect(registryOf('localhost:5000/a')).toBe('localhost:5000');
  expect(registryOf('a.dkr.ecr.us-east-1.amazonaws.com/b:1')).toBe('a.dkr.ecr.us-east-1.amazonaws.com');
});
