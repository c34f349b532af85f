import { afterMs, type Clock, Fault, type Instant, messageOf, sleep, unreachable } from '#base';
import type { ContainerRuntime, ImageFacts, PullOptions } from '../runtime/port.ts';
import { type ImageCleanUp, type PulledImage, removableImages } from './image-clean-up.ts';
import type { RegistryLogin } from './registry-login.ts';

/**
 * When an image is pulled, ECS's words (`ECS_IMAGE_PULL_BEHAVIOR`).
 *
 * default: pulled, and one that is here already is used when that fails. An image that was made on this host (it has
 * no registry digest) or is named by digest is used as it is. always: pulled, and a failure stops the task. once:
 * pulled unless this agent pulled it before. prefer-cached: pulled only when it is not here.
 */
export type PullBehaviour = 'default' | 'always' | 'once' | 'prefer-cached';

export interface ImageOutcome {
  readonly image?: ImageFacts;
  /** `CannotPullContainerError: …`, or ECR's own, when there is no image to use. */
  readonly reason?: string;
  /** Whether the failure stops the whole task, even for a container that is not essential. */
  readonly stopsTask?: boolean;
  readonly pullStartedAt?: Instant;
  readonly pullStoppedAt?: Instant;
}

export interface ImageStoreOptions {
  readonly behaviour: PullBehaviour;
  /** By registry host, `docker.io` for Docker Hub. */
  readonly credentials?: (registry: string) => PullOptions['credentials'];
  /** Absent: images stay. */
  readonly cleanUp?: ImageCleanUp;
}

export interface ImageStoreDeps {
  readonly runtime: ContainerRuntime;
  readonly clock: Clock;
  /** What was pulled changed, to be there after a restart. */
  readonly remember?: (images: readonly PulledImage[]) => void;
}

interface Pull {
  readonly reference: string;
  readonly persistent: boolean;
  readonly login: RegistryLogin | undefined;
}

/** Tries beyond the first, for failures that may pass; none when the image is here anyway. */
const retryDelaysMs = [1100, 2200, 4400];
const inactivityMs = 60_000;
/** After a registry could not be reached, images that are here are used without asking it again for this long. */
const registryPauseMs = 5 * 60_000;
const mayPass = /dial|timeout|time-out|timed out|connection re|EOF|no such host|TLS|toomanyrequests|server error|50\d/i;

/** Gets images, each once at a time however many tasks ask for it. */
export class ImageStore {
  readonly #options: ImageStoreOptions;
  readonly #runtime: ContainerRuntime;
  readonly #clock: Clock;
  readonly #remember: (images: readonly PulledImage[]) => void;
  /** Those that a pull brought here, not those that it found here. */
  readonly #pulled = new Map<string, PulledImage>();
  readonly #asked = new Set<string>();
  readonly #removing = new Map<string, Promise<void>>();
  readonly #pulling = new Map<string, { waiters: number; readonly abort: AbortController; done: Promise<void> }>();
  readonly #registryRestsUntil = new Map<string, Instant>();

  constructor(options: ImageStoreOptions, deps: ImageStoreDeps) {
    this.#options = options;
    this.#runtime = deps.runtime;
    this.#clock = deps.clock;
    this.#remember = deps.remember ?? (() => {});
  }

  /** Takes up what an earlier run of this agent pulled. */
  restore(images: readonly PulledImage[]): void {
    for (const image of images) this.#pulled.set(image.reference, image);
  }

  /**
   * Removes images that nothing uses, a few at a time; gives their references. One that a container of somebody else
   * uses stays. Throws Fault `EngineUnavailable`.
   */
  async clean(isUsed: (reference: string) => boolean): Promise<readonly string[]> {
    const { cleanUp, behaviour } = this.#options;
    if (cleanUp === undefined || behaviour === 'prefer-cached') return [];
    const removed: string[] = [];
    for (const { reference } of removableImages(this.#pulled.values(), isUsed, this.#clock.now(), cleanUp)) {
      // A task may have come while the one before was removed.
      if (isUsed(reference)) continue;
      const removing = this.#runtime.removeImage(reference);
      this.#removing.set(
        reference,
        removing.catch(() => {}),
      );
      try {
        await removing;
        this.#pulled.delete(reference);
        removed.push(reference);
      } catch (error) {
        if (!(error instanceof Fault) || error.code !== 'Conflict') throw error;
      } finally {
        this.#removing.delete(reference);
      }
    }
    if (removed.length > 0) this.#remember([...this.#pulled.values()]);
    return removed;
  }

  /**
   * The image for a container by the pull behaviour. Throws Fault `EngineUnavailable`, and the signal's reason when
   * aborted; every other failure is in the outcome.
   */
  async get(reference: string, signal: AbortSignal, login?: RegistryLogin): Promise<ImageOutcome> {
    const { behaviour } = this.#options;
    await this.#removing.get(reference);
    const cached = await this.#runtime.inspectImage(reference);
    if (cached !== undefined && this.#mayUseCached(reference, cached)) {
      const known = this.#pulled.get(reference);
      if (known !== undefined) this.#pulled.set(reference, { ...known, usedAt: this.#clock.now() });
      return { image: cached };
    }
    const pullStartedAt = this.#clock.now();
    const persistent = cached === undefined || behaviour !== 'default';
    const failure = await this.#pull({ reference, persistent, login }, signal);
    const pullStoppedAt = this.#clock.now();
    if (failure === undefined) {
      const image = await this.#runtime.inspectImage(reference);
      if (image !== undefined) {
        if (cached === undefined || this.#pulled.has(reference)) this.#keep(reference);
        return { image, pullStartedAt, pullStoppedAt };
      }
    }
    const fallsBack = behaviour === 'default' || behaviour === 'prefer-cached';
    if (fallsBack && cached !== undefined) return { image: cached, pullStartedAt, pullStoppedAt };
    const reason = pullFailure(reference, failure ?? `image ${reference} is not there after the pull`);
    return { reason, stopsTask: !fallsBack, pullStartedAt, pullStoppedAt };
  }

  #keep(reference: string): void {
    const now = this.#clock.now();
    this.#pulled.set(reference, { reference, pulledAt: now, usedAt: now });
    this.#remember([...this.#pulled.values()]);
  }

  #mayUseCached(reference: string, cached: ImageFacts): boolean {
    switch (this.#options.behaviour) {
      case 'always':
        return false;
      case 'once':
        return this.#asked.has(reference) || this.#pulled.has(reference) || reference.includes('@');
      case 'prefer-cached':
        return true;
      case 'default': {
        const restsUntil = this.#registryRestsUntil.get(registryOf(reference));
        const rests = restsUntil !== undefined && restsUntil > this.#clock.now();
        return cached.repoDigests.length === 0 || reference.includes('@') || rests;
      }
      default:
        return unreachable(this.#options.behaviour);
    }
  }

  /** The text of the failure, if any. */
  async #pull({ reference, persistent, login }: Pull, signal: AbortSignal): Promise<string | undefined> {
    for (let attempt = 0; ; attempt++) {
      try {
        await this.#shared(reference, login, signal);
        this.#asked.add(reference);
        return undefined;
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof Fault && error.code === 'EngineUnavailable') throw error;
        const message = messageOf(error);
        const unreachable = mayPass.test(message);
        if (unreachable)
          this.#registryRestsUntil.set(registryOf(reference), afterMs(this.#clock.now(), registryPauseMs));
        const delayMs = retryDelaysMs[attempt];
        if (!persistent || !unreachable || delayMs === undefined) return message;
        await sleep(this.#clock, delayMs, signal);
      }
    }
  }

  async #shared(reference: string, login: RegistryLogin | undefined, signal: AbortSignal): Promise<void> {
    const key = login === undefined ? reference : `${reference} ${login.key}`;
    let pull = this.#pulling.get(key);
    if (pull === undefined) {
      const abort = new AbortController();
      pull = { waiters: 0, abort, done: this.#pullWatched(reference, login, abort) };
      this.#pulling.set(key, pull);
      pull.done = pull.done.finally(() => this.#pulling.delete(key));
    }
    pull.waiters += 1;
    try {
      await abortable(pull.done, signal);
    } finally {
      pull.waiters -= 1;
      if (pull.waiters === 0) pull.abort.abort(new Fault('Aborted', 'nobody waits for the image any more'));
    }
  }

  /** Fails when the pull makes no progress for a while. */
  async #pullWatched(reference: string, login: RegistryLogin | undefined, abort: AbortController): Promise<void> {
    const watch = (): ReturnType<Clock['setTimer']> =>
      this.#clock.setTimer(inactivityMs, () =>
        abort.abort(new Fault('Timeout', `no progress pulling ${reference} for ${inactivityMs / 1000}s`)),
      );
    let timer = watch();
    const credentials = login?.credentials ?? this.#options.credentials?.(registryOf(reference));
    try {
      await this.#runtime.pullImage(reference, {
        signal: abort.signal,
        onProgress: () => {
          timer.cancel();
          timer = watch();
        },
        ...(credentials === undefined ? {} : { credentials }),
      });
    } finally {
      timer.cancel();
    }
  }
}

const ecrRegistry = /^\d{12}\.dkr\.ecr(-fips)?\.[a-z0-9-]+\.amazonaws\.com(\.cn)?$/;
const refusedLogin = /no basic auth credentials|authorization token|unauthorized|denied|forbidden/i;

/** ECS has a name of its own for an image of ECR without a login; here only the host's settings give one. */
function pullFailure(reference: string, failure: string): string {
  const noLogin = ecrRegistry.test(registryOf(reference)) && refusedLogin.test(failure);
  if (!noLogin) return `CannotPullContainerError: ${failure}`;
  const next = `Give the host a login for ${registryOf(reference)}: ECS_ENGINE_AUTH_DATA`;
  return `CannotPullECRContainerError: ${failure.replace(/\.$/, '')}. ${next}`;
}

/** The digest a container is reported with: of the repository it was asked from, else of any. */
export function digestOf(image: ImageFacts, reference: string): string | undefined {
  const repository = reference.replace(/@.*$/, '').replace(/:[^:/]+$/, '');
  const exact = image.repoDigests.find((digest) => digest.startsWith(`${repository}@`));
  return (exact ?? image.repoDigests[0])?.split('@')[1];
}

/** The host part of a reference; Docker Hub when it has none. */
export function registryOf(reference: string): string {
  const first = reference.split('/', 1)[0] ?? '';
  return reference.includes('/') && /[.:]|^localhost$/.test(first) ? first : 'docker.io';
}

function abortable(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
