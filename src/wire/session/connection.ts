/**
 * A connection that carries texts and bytes, as a port. In order; after `onClose` nothing arrives any more. Close codes as
 * in RFC 6455.
 */
export interface DataConnection {
  send(data: string | Uint8Array): void;
  /** `answered` is called once the other side has read all that was sent before; never, when the connection ends first. */
  ping(answered: () => void): void;
  close(code: number, reason: string): void;
  onMessage(listener: (data: string | Uint8Array) => void): void;
  onClose(listener: (code: number, reason: string) => void): void;
}

/** The close code of a connection that ended without a word of the other side. Source: RFC 6455. */
export const abnormalClose = 1006;
