import { unreachable } from '#base';
import type { Shape, SimpleShape, TimestampFormat, TimestampShape } from './shape.ts';
import { formatTimestamp, isDate, parseDateTime, parseHttpDate } from './timestamp.ts';

/**
 * Simple values as text, in the way of forms, XML, headers and paths, to and from what JSON has for them: there a
 * timestamp of the format `default` is epoch seconds and a blob is base64.
 */
export type PlainShape = SimpleShape | TimestampShape;

export function isPlain(shape: Shape): shape is PlainShape {
  return shape.type !== 'structure' && shape.type !== 'union' && shape.type !== 'list' && shape.type !== 'map';
}

/** `undefined` when the text is none of the shape. `format` is the protocol's own for timestamps. */
export function jsonFromText(shape: PlainShape, text: string, format: TimestampFormat): unknown {
  switch (shape.type) {
    case 'string':
    case 'blob':
    case 'document':
      return text;
    case 'number':
      return numberFromText(text);
    case 'boolean':
      return booleans.get(text.toLowerCase());
    case 'timestamp':
      return timestampFromText(shape.format, text, format);
    default:
      return unreachable(shape);
  }
}

const booleans: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['false', false],
]);

function numberFromText(text: string): number | undefined {
  return /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text) ? Number(text) : undefined;
}

function timestampFromText(own: TimestampFormat, text: string, format: TimestampFormat): unknown {
  // JSON has these two as text as well.
  if (own === 'date-time' || own === 'http-date') return text;
  const effective = own === 'default' ? format : own;
  if (effective === 'date-time') return parseDateTime(text);
  return effective === 'http-date' ? parseHttpDate(text) : numberFromText(text);
}

/** What a value is as text; `format` is the protocol's own for timestamps. */
export function textFromValue(shape: PlainShape, value: unknown, format: TimestampFormat): string {
  if (shape.type === 'timestamp' && (typeof value === 'number' || isDate(value))) {
    return String(formatTimestamp(value, shape.format === 'default' ? format : shape.format));
  }
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : String(value);
}

/** What the text should have been, for an error's sentence. */
export function wantedText(shape: PlainShape): string {
  switch (shape.type) {
    case 'number':
      return 'a number';
    case 'boolean':
      return 'true or false';
    case 'timestamp':
      return 'a timestamp';
    case 'string':
    case 'blob':
    case 'document':
      return 'text';
    default:
      return unreachable(shape);
  }
}
