/**
 * A connection that carries texts and bytes, as a port. In order; after `onClose` nothing arrives any more. Close codes as
 * in RFC 6455.
 */
export interface DataConnection {
  send(data: string | Uint8Array): void;
  close(code: number, reason: string): void;
  onMessage(listener: (data: string | Uint8Array) => void): void;
  onClose(listener: (code: number, reason: string) => void): void;
}
