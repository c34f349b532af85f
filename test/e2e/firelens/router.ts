import { appendFileSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { type EventTime, type Packed, unpack } from '../../support/msgpack.ts';
import { readSettings, type Section } from './settings.ts';

/**
 * A log router: runs inside a container and does what its configuration says, that of Fluent Bit or of fluentd, as far as
 * FireLens goes: forward inputs on a socket and a port, grep, fields added to records, outputs to files and to standard
 * output in the form of the router it stands for.
 */
const sections = readSettings();
const ofKind = (kind: string): readonly Section[] => sections.filter((section) => section.kind === kind);
const first = ({ settings }: Section, ...names: readonly string[]): string | undefined =>
  names.map((name) => settings.get(name)?.[0]).find((value) => value !== undefined);
const typeOf = (section: Section): string => first(section, 'name', '@type') ?? '';

/** `*` and `**` stand for anything. */
function matches(pattern: string, tag: string): boolean {
  const parts = pattern.split(/\*+/).map((part) => part.replace(/[.[\]\\^$(){}+?|]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(tag);
}

type LogRecord = Record<string, Packed>;

/** The record as the filters leave it; `undefined` when one takes it out. */
function filtered(tag: string, record: LogRecord): LogRecord | undefined {
  const out: LogRecord = { ...record };
  for (const filter of ofKind('filter').filter(({ match }) => matches(match, tag))) {
    const type = typeOf(filter);
    if (type === 'grep') {
      const [keep, pattern] = grepOf(filter);
      const log = typeof out['log'] === 'string' ? out['log'] : '';
      if (new RegExp(pattern).test(log) !== keep) return undefined;
    } else if (type === 'record_modifier') {
      for (const field of filter.settings.get('record') ?? []) {
        const [name = '', ...value] = field.split(' ');
        out[name] = value.join(' ');
      }
    } else if (type === 'record_transformer') {
      for (const [name, [value = '']] of filter.settings) {
        if (name.startsWith('record.')) out[name.slice('record.'.length)] = value;
      }
    } else throw new Error(`a filter ${type}`);
  }
  return out;
}

function grepOf(filter: Section): readonly [boolean, string] {
  const classic = first(filter, 'regex', 'exclude');
  if (classic !== undefined) return [filter.settings.has('regex'), classic.replace(/^log /, '')];
  const keep = filter.settings.has('regexp.pattern');
  return [keep, first(filter, keep ? 'regexp.pattern' : 'exclude.pattern') ?? ''];
}

function take(tag: string, time: EventTime, record: LogRecord): void {
  const left = filtered(tag, record);
  if (left === undefined) return;
  for (const output of ofKind('output').filter(({ match }) => matches(match, tag))) {
    const type = typeOf(output);
    const moment = `${time.seconds}.${String(time.nanoseconds).padStart(9, '0')}`;
    if (type === 'file') {
      const path = `${first(output, 'path') ?? ''}/${first(output, 'file') ?? tag}`;
      appendFileSync(path, `${tag}: [${moment}, ${JSON.stringify(left)}]\n`);
    } else if (type === 'stdout') {
      const at = new Date(time.seconds * 1000).toISOString().replace('T', ' ').replace('Z', ' +0000');
      console.log(`${at} ${tag}: ${JSON.stringify(left)}`);
    } else if (type !== 'null') throw new Error(`an output ${type}`);
  }
}

function timeOf(value: Packed): EventTime {
  if (typeof value === 'number') return { seconds: value, nanoseconds: 0 };
  if (value !== null && typeof value === 'object' && 'seconds' in value) return value as unknown as EventTime;
  throw new Error(`not a time: ${JSON.stringify(value)}`);
}

/** One message of the forward protocol, version 1: a single event, or many of one tag. */
function message(value: Packed): void {
  if (!Array.isArray(value)) throw new Error(`not a message: ${JSON.stringify(value)}`);
  const [tag, second, third] = value;
  if (typeof tag !== 'string') throw new Error(`not a tag: ${JSON.stringify(tag)}`);
  if (Array.isArray(second)) {
    for (const entry of second) take(tag, timeOf((entry as Packed[])[0] ?? 0), (entry as LogRecord[])[1] ?? {});
  } else take(tag, timeOf(second ?? 0), third as LogRecord);
}

function forward(socket: Socket): void {
  let waiting = Buffer.alloc(0);
  socket.on('data', (bytes) => {
    waiting = Buffer.concat([waiting, bytes]);
    for (let next = unpack(waiting); next !== undefined && waiting.length > 0; next = unpack(waiting)) {
      waiting = waiting.subarray(next.sizeBytes);
      message(next.value);
    }
  });
  socket.on('error', () => {});
}

for (const input of ofKind('input')) {
  const type = typeOf(input);
  const path = first(input, 'unix_path') ?? (type === 'unix' ? first(input, 'path') : undefined);
  const server = createServer(type === 'tcp' ? (socket) => socket.resume() : forward);
  if (path === undefined) server.listen(Number(first(input, 'port')), first(input, 'listen', 'bind'));
  else {
    // What an earlier run left.
    rmSync(path, { force: true });
    server.listen(path);
  }
}
process.once('SIGTERM', () => process.exit(0));
