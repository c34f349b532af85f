/** What the load balancer itself says when it answers in a target's place. */
const reasons: Readonly<Record<number, string>> = {
  301: '301 Moved Permanently',
  302: '302 Found',
  400: '400 Bad Request',
  403: '403 Forbidden',
  408: '408 Request Time-out',
  413: '413 Request Entity Too Large',
  464: '464 Incompatible protocol',
  500: '500 Internal Server Error',
  501: '501 Not Implemented',
  502: '502 Bad Gateway',
  503: '503 Service Temporarily Unavailable',
  504: '504 Gateway Time-out',
};

/** The `server` header of such answers. */
export const serverName = 'awselb/2.0';

export function errorPage(status: number): string {
  const reason = reasons[status] ?? String(status);
  const head = `<html>\r\n<head><title>${reason}</title></head>\r\n<body>\r\n<center><h1>${reason}</h1></center>\r\n`;
  return `${head}</body>\r\n</html>\r\n`;
}

/** Those that HAProxy answers by itself. */
const own = [400, 403, 408, 413, 500, 501, 502, 503, 504] as const;

/**
 * A whole answer as a file for HAProxy, by its name, and the sections that name them. A target that was chosen and
 * could not be reached is a 503 to HAProxy and a 502 to the load balancer's clients: `connected` is for backends, which say
 * themselves when they have nobody.
 */
export function errorFiles(directory: string): {
  readonly files: ReadonlyMap<string, string>;
  readonly lines: readonly string[];
} {
  const files = new Map(own.map((status) => [`${directory}/${status}.http`, errorAnswer(status)]));
  const section = (name: string, fileOf: (status: number) => number): string[] => [
    `http-errors ${name}`,
    ...own.map((status) => `  errorfile ${status} ${directory}/${fileOf(status)}.http`),
  ];
  return {
    files,
    lines: [
      ...section('balancer', (status) => status),
      ...section('connected', (status) => (status === 503 ? 502 : status)),
    ],
  };
}

function errorAnswer(status: number): string {
  const page = errorPage(status);
  const head = [
    `HTTP/1.1 ${reasons[status] ?? status}`,
    `Server: ${serverName}`,
    'Content-Type: text/html',
    `Content-Length: ${page.length}`,
    ...(status === 400 || status === 408 ? ['Connection: close'] : []),
  ];
  return `${head.join('\r\n')}\r\n\r\n${page}`;
}
