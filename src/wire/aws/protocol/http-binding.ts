import { unreachable } from '#base';
import { isPlain, jsonFromText, type PlainShape, textFromValue, wantedText } from '../plain-text.ts';
import { headerOf, splitTarget } from '../request.ts';
import type { Member, StructureShape, TimestampFormat } from '../shape.ts';
import type { RequestHead } from './query.ts';

/** Where a member of a REST request or answer stands (Smithy: "HTTP binding traits"). */
export type Binding = 'label' | 'query' | 'header' | 'payload' | 'status' | 'body';

export function bindingOf({ traits }: Member): Binding {
  if (traits.httpLabel !== undefined) return 'label';
  if (traits.httpQuery !== undefined) return 'query';
  if (traits.httpHeader !== undefined) return 'header';
  if (traits.httpPayload !== undefined) return 'payload';
  return traits.httpResponseCode === undefined ? 'body' : 'status';
}

/** The members of a structure that stand in the document of the body. */
export function bodyMembers(shape: StructureShape): StructureShape {
  const members = new Map([...shape.members].filter(([, member]) => bindingOf(member) === 'body'));
  return { ...shape, members };
}

/** Text of a request that is not what its member wants. */
export interface MalformedText {
  readonly member: string;
  readonly value: string;
  readonly wanted: string;
}

/** The members that a request has outside of its body, as JSON would have them. */
export function readBound(
  shape: StructureShape,
  head: RequestHead,
  labels: Readonly<Record<string, string>>,
  refuse: (malformed: MalformedText) => Error,
): Record<string, unknown> {
  const query = new URLSearchParams(splitTarget(head.url).query);
  const result: Record<string, unknown> = {};
  for (const member of shape.members.values()) {
    const texts = textsOf(member, head, labels, query);
    if (texts.length === 0) continue;
    const { shape: target } = member;
    const entry = target.type === 'list' ? target.member.shape : target;
    if (!isPlain(entry)) continue;
    const values = texts.map((text) => plain(entry, member, text, refuse));
    result[member.name] = target.type === 'list' ? values : values[0];
  }
  return result;
}

function textsOf(
  member: Member,
  head: RequestHead,
  labels: Readonly<Record<string, string>>,
  query: URLSearchParams,
): readonly string[] {
  const binding = bindingOf(member);
  switch (binding) {
    case 'label':
      return given(labels[member.name]);
    case 'query':
      return query.getAll(String(member.traits.httpQuery));
    case 'header': {
      const text = headerOf(head.headers, String(member.traits.httpHeader).toLowerCase());
      if (text === undefined || member.shape.type !== 'list') return given(text);
      return text.split(',').map((each) => each.trim());
    }
    case 'payload':
    case 'status':
    case 'body':
      return [];
    default:
      return unreachable(binding);
  }
}

function given(text: string | undefined): readonly string[] {
  return text === undefined ? [] : [text];
}

function plain(shape: PlainShape, member: Member, text: string, refuse: (malformed: MalformedText) => Error): unknown {
  const value = jsonFromText(shape, text, timestampsOf(member));
  if (value === undefined) throw refuse({ member: member.name, value: text, wanted: wantedText(shape) });
  return value;
}

function timestampsOf(member: Member): TimestampFormat {
  return bindingOf(member) === 'header' ? 'http-date' : 'date-time';
}

/** The headers that an answer's members are. */
export function headersOf(shape: StructureShape, value: Readonly<Record<string, unknown>>): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const member of shape.members.values()) {
    const entry = value[member.name];
    if (bindingOf(member) !== 'header' || entry === undefined || entry === null || !isPlain(member.shape)) continue;
    headers[String(member.traits.httpHeader)] = textFromValue(member.shape, entry, 'http-date');
  }
  return headers;
}
