import { createServer, connect as dial, type Socket } from 'node:net';

export interface CuttableLine extends AsyncDisposable {
  /** Its `http:` address. */
  readonly url: string;
  /** Cuts every connection. */
  cut(): void;
  /** Nothing more reaches the control plane by the connections there are. */
  swallow(): void;
}

/** A TCP relay to the control plane at `to`, whose connections can be made to fail. */
export async function cuttableLine(to: string): Promise<CuttableLine> {
  const { hostname, port } = new URL(to);
  const pairs = new Set<readonly [Socket, Socket]>();
  const relay = createServer((near) => {
    const far = dial(Number(port), hostname);
    const pair = [near, far] as const;
    pairs.add(pair);
    near.pipe(far);
    far.pipe(near);
    for (const end of pair) {
      end.on('error', () => {});
      end.on('close', () => pairs.delete(pair));
    }
  });
  await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve));
  const address = relay.address();
  const own = typeof address === 'object' && address !== null ? address.port : 0;
  const cut = (): void => {
    for (const pair of pairs) for (const end of pair) end.resetAndDestroy();
  };
  return {
    url: `http://127.0.0.1:${own}`,
    cut,
    swallow: () => {
      for (const [near, far] of pairs) {
        near.unpipe(far);
        near.resume();
      }
    },
    async [Symbol.asyncDispose]() {
      cut();
      await new Promise((resolve) => relay.close(resolve));
    },
  };
}
