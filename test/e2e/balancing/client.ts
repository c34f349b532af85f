import { Agent, type IncomingHttpHeaders, request } from 'node:http';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Call {
  readonly host: string;
  readonly port: number;
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Absent: a connection of its own. */
  readonly agent?: Agent;
}

/** Longer than anything here takes to answer, and shorter than a test may take, ms. */
const patienceMs = 60_000;

/** Rejects also when nothing is heard for a minute. */
export function call({ host, port, path = '/', method = 'GET', headers = {}, agent }: Call): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request({ host, port, path, method, headers, agent: agent ?? false }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (text: string) => {
        body += text;
      });
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
    });
    asked.setTimeout(patienceMs, () => asked.destroy(new Error(`no answer for ${patienceMs} ms`)));
    asked.on('error', reject);
    asked.end();
  });
}

/** Callers that go on until they are stopped: half of them keep their connection, half open one for each request. */
export class Load {
  readonly #lanes: Promise<void>[];
  #stopped = false;
  readonly #startMs = performance.now();
  requests = 0;
  readonly failures: string[] = [];

  constructor(target: Pick<Call, 'host' | 'port' | 'path'>, lanes: number) {
    this.#lanes = Array.from({ length: lanes }, async (_, index) => {
      const agent = index % 2 === 0 ? new Agent({ keepAlive: true, maxSockets: 1 }) : undefined;
      while (!this.#stopped) {
        try {
          const { status } = await call({ ...target, ...(agent === undefined ? {} : { agent }) });
          if (status !== 200)
            this.failures.push(`${Math.round(performance.now() - this.#startMs)} ms: status ${status}`);
        } catch (error) {
          this.failures.push(String(error));
        }
        this.requests += 1;
      }
      agent?.destroy();
    });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#lanes);
  }
}

/** Resolves as soon as the condition holds; the test's own time limit ends the wait. */
export async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20));
}
