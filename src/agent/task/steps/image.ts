import { earliest, messageOf } from '#base';
import type { ValueCalls } from '../../secrets/calls.ts';
import { type Change, optional } from '../changes.ts';
import { digestOf, type ImageStore } from '../images.ts';
import { type RegistryLogin, registryLogin } from '../registry-login.ts';
import { definitionOf, type EngineTask, withContainer } from '../state.ts';

export interface ImageStepDeps {
  readonly images: ImageStore;
  readonly calls: ValueCalls;
}

/** Gets the image of a container, with the login that its definition names. A login that cannot be had stops the task. */
export async function imageStep(
  task: EngineTask,
  name: string,
  deps: ImageStepDeps,
  signal: AbortSignal,
): Promise<Change> {
  const { image: reference = '', registryAuthentication } = definitionOf(task, name) ?? {};
  let login: RegistryLogin | undefined;
  if (registryAuthentication !== undefined) {
    try {
      login = await registryLogin(registryAuthentication, task, deps.calls, signal);
    } catch (error) {
      if (signal.aborted) throw error;
      const reason = messageOf(error);
      return (now) => ({ ...now, desired: 'STOPPED', reason: now.reason ?? reason });
    }
  }
  const { image, reason, stopsTask, ...times } = await deps.images.get(reference, signal, login);
  return (now) => {
    const timed: EngineTask = {
      ...now,
      ...optional('pullStartedAt', earliest(now.pullStartedAt, times.pullStartedAt)),
      ...optional('pullStoppedAt', times.pullStoppedAt ?? now.pullStoppedAt),
    };
    if (image === undefined) {
      const stopped: EngineTask = stopsTask === true ? { ...timed, desired: 'STOPPED' } : timed;
      return withContainer(stopped, name, { known: 'STOPPED', ...optional('reason', reason) });
    }
    return withContainer(timed, name, {
      known: 'PULLED',
      imageHasRegion: image.environment.some((entry) => /^AWS_(DEFAULT_)?REGION=/.test(entry)),
      ...optional('imageDigest', digestOf(image, reference)),
    });
  };
}
