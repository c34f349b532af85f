import type { Http } from './ports.ts';

/** What `GET /_roadstead/health` answers. */
export interface Health {
  readonly status: string;
  readonly version: string;
  readonly pid: number;
  readonly region: string;
}

const answerTimeoutMs = 2_000;

/** The health of the server at `url`; `undefined` when nobody, or something else, answers there. */
export async function readHealth(http: Http, url: string, signal?: AbortSignal): Promise<Health | undefined> {
  try {
    const response = await http.send({
      method: 'GET',
      url: `${url}/_roadstead/health`,
      timeoutMs: answerTimeoutMs,
      ...(signal === undefined ? {} : { signal }),
    });
    const content: unknown = JSON.parse(new TextDecoder().decode(response.body));
    return isHealth(content) ? content : undefined;
  } catch {
    return undefined;
  }
}

function isHealth(content: unknown): content is Health {
  if (typeof content !== 'object' || content === null) return false;
  const { status, pid, region } = content as Partial<Record<keyof Health, unknown>>;
  return typeof status === 'string' && typeof pid === 'number' && typeof region === 'string';
}
