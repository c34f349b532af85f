/** What a scrape said, read strictly: anything the format does not allow throws. */
export interface Scrape {
  /** The value of the series with exactly these labels; throws when there is none. */
  value(name: string, labels?: Readonly<Record<string, string>>): number;
  /** The same; 0 when there is none yet. */
  valueOrZero(name: string, labels?: Readonly<Record<string, string>>): number;
  /** The sum of all series with at least these labels; 0 when there is none yet. */
  total(name: string, labels: Readonly<Record<string, string>>): number;
  readonly types: ReadonlyMap<string, string>;
  readonly seriesCount: number;
}

const namePattern = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const samplePattern = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/;
const labelPattern = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(,|$)/y;

/** Reads Prometheus's text format 0.0.4. */
export function parsePrometheus(text: string): Scrape {
  if (!text.endsWith('\n')) throw new Error('the last line must end');
  const types = new Map<string, string>();
  const samples = new Map<string, number>();
  let family = '';
  for (const line of text.slice(0, -1).split('\n')) {
    const comment = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line);
    if (comment !== null) {
      const [, kind, name = '', rest = ''] = comment;
      if (!namePattern.test(name)) throw new Error(`no name: ${line}`);
      if (kind === 'HELP') {
        family = name;
        continue;
      }
      if (name !== family || types.has(name)) throw new Error(`not the family at hand: ${line}`);
      if (!['counter', 'gauge', 'histogram'].includes(rest)) throw new Error(`no type: ${line}`);
      types.set(name, rest);
      continue;
    }
    const [, name = '', labels, value = ''] = samplePattern.exec(line) ?? [];
    const type = types.get(family);
    const allowed = type === 'histogram' ? ['_bucket', '_sum', '_count'].map((end) => family + end) : [family];
    if (!allowed.includes(name)) throw new Error(`a sample outside its family ${family}: ${line}`);
    if (type === 'counter' && !name.endsWith('_total')) throw new Error(`a counter ends in _total: ${line}`);
    const key = keyOf(name, labels === undefined ? {} : labelsOf(labels));
    if (samples.has(key)) throw new Error(`said twice: ${line}`);
    if (value === '' || Number.isNaN(Number(value))) throw new Error(`no number: ${line}`);
    samples.set(key, Number(value));
  }
  checkHistograms(samples, types);
  const valueOrZero: Scrape['valueOrZero'] = (name, labels = {}) => samples.get(keyOf(name, labels)) ?? 0;
  return {
    types,
    seriesCount: samples.size,
    valueOrZero,
    total(name, labels) {
      const wanted = Object.entries(labels);
      let sum = 0;
      for (const [key, value] of samples) {
        if (!key.startsWith(`${name}[`)) continue;
        const has = Object.fromEntries(JSON.parse(key.slice(name.length)) as [string, string][]);
        if (wanted.every(([label, text]) => has[label] === text)) sum += value;
      }
      return sum;
    },
    value(name, labels = {}) {
      const key = keyOf(name, labels);
      if (!samples.has(key)) throw new Error(`no series ${key}`);
      return valueOrZero(name, labels);
    },
  };
}

/** Reads the metrics of the server at `url`. */
export async function scrape(url: string): Promise<Scrape> {
  const response = await fetch(`${url}/metrics`);
  if (response.status !== 200) throw new Error(`/metrics answered ${response.status}: ${await response.text()}`);
  return parsePrometheus(await response.text());
}

function labelsOf(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  labelPattern.lastIndex = 0;
  while (labelPattern.lastIndex < text.length) {
    const found = labelPattern.exec(text);
    if (found === null) throw new Error(`no labels: ${text}`);
    labels[found[1] ?? ''] = (found[2] ?? '').replace(/\\(.)/g, (_, each: string) => (each === 'n' ? '\n' : each));
  }
  return labels;
}

function keyOf(name: string, labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
  return `${name}${JSON.stringify(pairs)}`;
}

/** Buckets only grow, and the last one, +Inf, is the count. */
function checkHistograms(samples: ReadonlyMap<string, number>, types: ReadonlyMap<string, string>): void {
  let last = 0;
  for (const [key, value] of samples) {
    const name = key.slice(0, key.indexOf('['));
    if (types.get(name.replace(/_bucket$/, '')) !== 'histogram' || !name.endsWith('_bucket')) continue;
    const labels = JSON.parse(key.slice(name.length)) as [string, string][];
    if (value < last) throw new Error(`buckets are cumulative: ${key}`);
    last = value;
    if (!labels.some(([label, bound]) => label === 'le' && bound === '+Inf')) continue;
    const rest = Object.fromEntries(labels.filter(([label]) => label !== 'le'));
    if (samples.get(keyOf(name.replace(/_bucket$/, '_count'), rest)) !== value) throw new Error(`no total: ${key}`);
    last = 0;
  }
}
