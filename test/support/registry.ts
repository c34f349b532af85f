import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const manifestType = 'application/vnd.docker.distribution.manifest.v2+json';
const configType = 'application/vnd.docker.container.image.v1+json';
const layerType = 'application/vnd.docker.image.rootfs.diff.tar';

/**
 * An image registry in this process, on the loopback: the read half of the registry API v2 with a static busybox
 * under every name and tag. Engines talk to it without TLS, because it is on 127.0.0.0/8.
 */
export class TestRegistry implements AsyncDisposable {
  /** `user:password` that must be given; without it anybody may pull. */
  login: string | undefined;
  /** Tags that are not there (any more). */
  readonly missing = new Set<string>();
  /** Every request for a manifest that was answered, with who asked. */
  readonly manifests: { readonly tag: string; readonly user: string | undefined }[] = [];
  readonly #layer = busyboxLayer();
  readonly #blobs = new Map<string, { readonly type: string; readonly bytes: Buffer }>();
  readonly #server: Server;

  private constructor() {
    this.#put(layerType, this.#layer);
    this.#server = createServer((request, response) => this.#answer(request, response));
  }

  static async start(): Promise<TestRegistry> {
    const registry = new TestRegistry();
    await new Promise<void>((resolve) => registry.#server.listen(0, '127.0.0.1', resolve));
    return registry;
  }

  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** How often a tag was resolved: once a pull. */
  pulls(tag: string): number {
    return this.manifests.filter((one) => one.tag === tag).length;
  }

  /** The digest of a tag's manifest. Each tag is an image of its own, of the same layer. */
  digest(tag: string): string {
    const config = Buffer.from(
      JSON.stringify({
        architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
        os: 'linux',
        config: { Env: ['PATH=/bin'], Cmd: ['sleep', '1000'], Labels: { tag } },
        rootfs: { type: 'layers', diff_ids: [digestOf(this.#layer)] },
      }),
    );
    const manifest = {
      schemaVersion: 2,
      mediaType: manifestType,
      config: { mediaType: configType, size: config.length, digest: this.#put(configType, config) },
      layers: [{ mediaType: layerType, size: this.#layer.length, digest: digestOf(this.#layer) }],
    };
    return this.#put(manifestType, Buffer.from(JSON.stringify(manifest)));
  }

  #put(type: string, bytes: Buffer): string {
    const digest = digestOf(bytes);
    this.#blobs.set(digest, { type, bytes });
    return digest;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const given = /^Basic (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    const login = given === undefined ? undefined : Buffer.from(given, 'base64').toString();
    if (this.login !== undefined && login !== this.login) {
      return refuse(response, 401, 'UNAUTHORIZED', { 'www-authenticate': 'Basic realm="test"' });
    }
    const [, kind, reference = ''] = /^\/v2\/.+\/(manifests|blobs)\/([^/]+)$/.exec(request.url ?? '') ?? [];
    if (kind === undefined) return void response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    if (this.missing.has(reference)) return refuse(response, 404, 'MANIFEST_UNKNOWN');
    const digest = reference.startsWith('sha256:') ? reference : this.digest(reference);
    const blob = this.#blobs.get(digest);
    if (blob === undefined) return refuse(response, 404, 'BLOB_UNKNOWN');
    if (kind === 'manifests') {
      this.manifests.push({ tag: reference, user: login?.split(':')[0] });
    }
    response.writeHead(200, {
      'content-type': blob.type,
      'content-length': blob.bytes.length,
      'docker-content-digest': digest,
    });
    response.end(request.method === 'HEAD' ? undefined : blob.bytes);
  }
}

function refuse(response: ServerResponse, status: number, code: string, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify({ errors: [{ code, message: code.toLowerCase().replace('_', ' ') }] }));
}

function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** A root file system with busybox as `sh` and `sleep`. */
function busyboxLayer(): Buffer {
  const script =
    'd=$(mktemp -d) && mkdir -p $d/bin $d/tmp && cp /bin/busybox $d/bin/ && ' +
    'for a in sh sleep cat; do ln -s busybox $d/bin/$a; done && tar -C $d -c . && rm -rf $d';
  return execFileSync('sh', ['-c', script], { maxBuffer: 64 * 1024 * 1024 });
}
