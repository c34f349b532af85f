/**
 * Frames of the agent protocol: one JSON object `{"type": …, "message": {…}}` per text frame. Unknown types and members
 * are legal and ignored by both sides, so that either may be the newer one.
 */
export interface Frame {
  readonly type: string;
  /** Always an object; its members are checked by whoever reads them. */
  readonly message: Readonly<Record<string, unknown>>;
}

export function encodeFrame(frame: { readonly type: string; readonly message: object }): string {
  return JSON.stringify({ type: frame.type, message: frame.message });
}

/** The frame inside a text; `undefined` when it is no frame at all. */
export function decodeFrame(text: string): Frame | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isObject(parsed) || typeof parsed['type'] !== 'string') return undefined;
  const message = parsed['message'] ?? {};
  return isObject(message) ? { type: parsed['type'], message } : undefined;
}

/**
 * The JSON text of a telemetry frame. The stock agent sends each frame as a signed pseudo-request: header lines, a blank
 * line, then the JSON; a frame that starts with `{` is bare JSON. The upgrade was authenticated, so that the signature
 * of the single frame adds nothing.
 */
export function splitTelemetryFrame(text: string): string {
  if (text.startsWith('{')) return text;
  const blank = text.indexOf('\r\n\r\n');
  return blank === -1 ? text : text.slice(blank + 4);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
