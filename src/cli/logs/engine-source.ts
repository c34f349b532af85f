import { textOf } from '../engine/containers.ts';
import { parseTime } from '../output/times.ts';
import type { Engine } from '../ports.ts';
import type { LogLine, LogOrigin, LogSource, LogStart } from './line.ts';

/**
 * A container's lines on this machine's engine; `undefined` when it has no such container, cannot be asked, or keeps no
 * lines that can be read. Source: Docker Engine API, "Get container logs".
 */
export async function engineSource(
  engine: Engine,
  containerId: string,
  origin: LogOrigin,
): Promise<LogSource | undefined> {
  const inspected = await engine.send('GET', `/containers/${containerId}/json`).catch(() => undefined);
  if (inspected?.status !== 200) return undefined;
  const { Config } = JSON.parse(textOf(inspected.body, 200, 'inspect')) as {
    readonly Config?: { readonly Tty?: boolean };
  };
  const framed = Config?.Tty !== true;
  /** `seconds.nanoseconds` of the last line that was seen. */
  let since = '0';

  const read = async (query: string): Promise<readonly LogLine[]> => {
    const path = `/containers/${containerId}/logs?stdout=1&stderr=1&timestamps=1&since=${since}${query}`;
    const answer = await engine.send('GET', path).catch(() => undefined);
    // Gone meanwhile, or with a driver that reads nothing back.
    if (answer?.status !== 200) return [];
    const text = new TextDecoder().decode(framed ? unframed(answer.body) : answer.body);
    const lines: LogLine[] = [];
    for (const line of text.split('\n')) {
      const [, at, message] = /^(\d{4}-\S+) ?(.*)$/.exec(line.replace(/\r$/, '')) ?? [];
      const timestampMs = at === undefined ? undefined : parseTime(at);
      if (at === undefined || message === undefined || timestampMs === undefined) continue;
      since = justAfter(at, timestampMs);
      lines.push({ ...origin, timestampMs, message });
    }
    return lines.sort((a, b) => a.timestampMs - b.timestampMs);
  };
  const probe = await engine.send('GET', `/containers/${containerId}/logs?stdout=1&tail=0`).catch(() => undefined);
  if (probe?.status !== 200) return undefined;
  return {
    ...origin,
    async *history({ sinceMs, last }: LogStart) {
      since = sinceMs === undefined ? '0' : `${Math.floor(sinceMs / 1000)}.${threeDigits(sinceMs % 1000)}000000`;
      yield* await read(last === undefined ? '' : `&tail=${last}`);
    },
    async *more() {
      yield* await read('');
    },
  };
}

/** What the engine's frames hold: 8 bytes say which stream and how long. */
function unframed(bytes: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at + 8 <= bytes.length; ) {
    const length = view.getUint32(at + 4);
    parts.push(bytes.subarray(at + 8, at + 8 + length));
    at += 8 + length;
  }
  return Buffer.concat(parts);
}

/** A nanosecond after an RFC 3339 time, as the engine's `since` wants it. */
function justAfter(at: string, timestampMs: number): string {
  const nanos = Number((/\.(\d{1,9})/.exec(at)?.[1] ?? '0').padEnd(9, '0')) + 1;
  const seconds = Math.floor(timestampMs / 1000) + (nanos === 1e9 ? 1 : 0);
  return `${seconds}.${String(nanos % 1e9).padStart(9, '0')}`;
}

function threeDigits(value: number): string {
  return String(value).padStart(3, '0');
}
