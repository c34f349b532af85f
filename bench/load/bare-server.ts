import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the bare server answers every request with. */
export interface BareAnswer {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The least that a `node:http` server can do: it reads each request to its end and answers with the same bytes. */
process.on('message', ({ headers, body }: BareAnswer) => {
  const bytes = Buffer.from(body);
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      response.writeHead(200, headers);
      response.end(bytes);
    });
  });
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
});
