import { afterMs, type Clock, Fault, type Instant, type Logger, messageOf, sleep } from '#base';

/** An image that this agent pulled. Others of the host are never touched. */
export interface PulledImage {
  readonly reference: string;
  readonly pulledAt: Instant;
  readonly usedAt: Instant;
}

/** When images go, ECS's settings: `ECS_IMAGE_CLEANUP_INTERVAL` and its neighbours. */
export interface ImageCleanUp {
  readonly intervalMs: number;
  /** One that was pulled later than this ago stays. */
  readonly minimumAgeMs: number;
  readonly perCycle: number;
  /** References that stay, as tasks name them. */
  readonly excluded: readonly string[];
}

/** The images to remove now, the least recently used first. */
export function removableImages(
  images: Iterable<PulledImage>,
  isUsed: (reference: string) => boolean,
  now: Instant,
  { minimumAgeMs, perCycle, excluded }: ImageCleanUp,
): readonly PulledImage[] {
  return [...images]
    .filter(({ reference, pulledAt }) => {
      return afterMs(pulledAt, minimumAgeMs) <= now && !excluded.includes(reference) && !isUsed(reference);
    })
    .toSorted((a, b) => a.usedAt - b.usedAt || (a.reference < b.reference ? -1 : 1))
    .slice(0, perCycle);
}

/** Lets images be removed once each interval until `signal` is aborted. */
export async function cleanImagesRegularly(
  { intervalMs }: ImageCleanUp,
  deps: { readonly clock: Clock; readonly log: Logger; readonly clean: () => Promise<readonly string[]> },
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await sleep(deps.clock, intervalMs, signal).catch(() => {});
    if (signal.aborted) return;
    try {
      const removed = await deps.clean();
      if (removed.length > 0) deps.log.info('images that no task used were removed', { images: removed });
    } catch (error) {
      if (error instanceof Fault && error.code === 'EngineUnavailable') continue;
      deps.log.warn('images could not be cleaned up', { error: messageOf(error) });
    }
  }
}
