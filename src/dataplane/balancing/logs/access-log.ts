import { createHash } from 'node:crypto';
import { appendFile, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { type Clock, instantFromMs, msFromInstant, rfc3339 } from '#base';
import type { BalancerDocument } from '#wire/link';
import { accessLine } from './access-line.ts';

const compress = promisify(gzip);

/** A file holds five minutes, as the load balancer's. */
const periodMs = 300_000;
/** Lines of a pass at most: what is beyond is lost, as access logs may be. */
const mostHeld = 100_000;

export interface AccessLogOptions {
  /** The file that is being written. */
  readonly current: string;
  /** Where whole ones go: a folder per bucket, names within as AWS's. */
  readonly spool: string;
  /** The node's. */
  readonly address: string;
}

/**
 * The access log of a node. There is no S3 here yet: files go to a folder of the host that is laid out as the bucket would
 * be, `<spool>/<bucket>/<prefix>/AWSLogs/…`.
 */
export class AccessLog {
  readonly #options: AccessLogOptions;
  readonly #clock: Clock;
  #held: string[] = [];

  constructor(options: AccessLogOptions, deps: { readonly clock: Clock }) {
    this.#options = options;
    this.#clock = deps.clock;
  }

  add(event: string): void {
    if (this.#held.length < mostHeld) this.#held.push(event);
  }

  /** Writes what came; a file whose five minutes are over goes to the spool. */
  async flush(balancerArn: string, balancer: BalancerDocument): Promise<void> {
    const { current } = this.#options;
    const nowMs = msFromInstant(this.#clock.now());
    const begunMs = await stat(current).then(
      ({ birthtimeMs }) => birthtimeMs,
      () => undefined,
    );
    if (begunMs !== undefined && Math.floor(begunMs / periodMs) !== Math.floor(nowMs / periodMs)) {
      await this.#deliver(balancerArn, balancer, Math.floor(nowMs / periodMs) * periodMs);
    }
    const lines = this.#held.splice(0).flatMap((event) => accessLine(event, balancerArn, balancer) ?? []);
    if (lines.length > 0) await appendFile(current, `${lines.join('\n')}\n`, { mode: 0o600 });
  }

  /** Writes what came, and delivers it although its five minutes are not over. */
  async finish(balancerArn: string, balancer: BalancerDocument): Promise<void> {
    await this.flush(balancerArn, balancer);
    const nowMs = msFromInstant(this.#clock.now());
    const begun = await stat(this.#options.current).catch(() => undefined);
    if (begun !== undefined) await this.#deliver(balancerArn, balancer, nowMs);
  }

  async #deliver(balancerArn: string, balancer: BalancerDocument, endMs: number): Promise<void> {
    const { current, spool, address } = this.#options;
    const text = await readFile(current);
    const path = `${spool}/${objectName({ balancerArn, balancer, address, endMs })}`;
    await mkdir(dirname(path), { recursive: true });
    await writeFile(`${path}.new`, await compress(text), { mode: 0o600 });
    await rename(`${path}.new`, path);
    await rm(current);
  }
}

/** Source: "Access log files" of the Application Load Balancer's guide. */
export function objectName({
  balancerArn,
  balancer,
  address,
  endMs,
}: {
  readonly balancerArn: string;
  readonly balancer: BalancerDocument;
  readonly address: string;
  readonly endMs: number;
}): string {
  const [, , , region = '', account = '', resource = ''] = balancerArn.split(':');
  const bucket = folder(balancer.attributes['access_logs.s3.bucket'] ?? '') || 'no-bucket';
  const prefix = (balancer.attributes['access_logs.s3.prefix'] ?? '').split('/').map(folder).filter(Boolean).join('/');
  const time = rfc3339(instantFromMs(endMs));
  const [year = '', month = '', day = ''] = time.slice(0, 10).split('-');
  const name = resource.replace(/^loadbalancer\//, '').replaceAll('/', '.');
  const unique = createHash('sha256').update(`${address} ${balancerArn} ${endMs}`).digest('hex').slice(0, 8);
  const stamp = `${year}${month}${day}T${time.slice(11, 13)}${time.slice(14, 16)}Z`;
  const file = `${account}_elasticloadbalancing_${region}_${name}_${stamp}_${address}_${unique}.log.gz`;
  return [bucket, prefix, 'AWSLogs', account, 'elasticloadbalancing', region, year, month, day, file]
    .filter((part) => part !== '')
    .join('/');
}

/** A part of a path that leads nowhere else. */
function folder(text: string): string {
  return text.replace(/[^A-Za-z0-9!_.*'()-]/g, '_').replace(/^\.+$/, '_');
}
