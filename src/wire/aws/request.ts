/** A request as it came over the wire, complete with its body. */
export interface WireRequest {
  readonly method: string;
  /** The request target as sent: path and query, still encoded. */
  readonly url: string;
  /**
   * Values by lower-case name. A header that came several times is a list: pass Node's `headersDistinct`, because its
   * `headers` joins and drops in ways a signature does not survive.
   */
  readonly headers: WireHeaders;
  readonly body: Uint8Array;
}

export type WireHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** An answer, ready to be sent. The `Date` header is the HTTP server's to set: clients correct their clocks by it. */
export interface WireAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/** A header's value; of several the first. */
export function headerOf(headers: WireHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'object' ? value[0] : value;
}

/** How often a header was sent. */
export function headerCount(headers: WireHeaders, name: string): number {
  const value = headers[name];
  return value === undefined ? 0 : typeof value === 'string' ? 1 : value.length;
}

/** Path and query of a request target; the absolute form that proxies use loses its authority. */
export function splitTarget(url: string): { readonly path: string; readonly query: string } {
  const origin = url.startsWith('/') ? '' : (/^https?:\/\/[^/?]*/i.exec(url)?.[0] ?? '');
  const mark = url.indexOf('?', origin.length);
  const path = mark < 0 ? url.slice(origin.length) : url.slice(origin.length, mark);
  return { path: path === '' ? '/' : path, query: mark < 0 ? '' : url.slice(mark + 1) };
}

/** The media type without its parameters, in lower case. */
export function mediaTypeOf(headers: WireHeaders): string {
  return (headerOf(headers, 'content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}
