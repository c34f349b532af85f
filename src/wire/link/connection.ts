/**
 * A text-frame connection as a port: a websocket in `main/`, a queue in memory in the simulation. Frames arrive in
 * order; after `onClose` nothing arrives any more.
 */
export interface Connection {
  send(text: string): void;
  /** Close codes as in RFC 6455: 1000 normal, 1001 going away (the agent reconnects at once). */
  close(code: number, reason: string): void;
  onMessage(listener: (text: string) => void): void;
  onClose(listener: (code: number, reason: string) => void): void;
}
