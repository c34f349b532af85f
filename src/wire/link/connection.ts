/**
 * A text-frame connection as a port: a websocket in `main/`, a queue in memory in the simulation. Frames arrive in
 * order; after `onClose` nothing arrives any more.
 */
export interface Connection {
  send(text: string): void;
  /** Close codes as in RFC 6455: 1000 normal, 1001 going away (the agent reconnects at once). */
  close(code: number, reason: string): void;
  /** Asks for a sign of life. Whoever is there answers by itself, whatever it is busy with. */
  ping(): void;
  /** The other side asked for a sign of life, or gave one. */
  onSign(listener: () => void): void;
  onMessage(listener: (text: string) => void): void;
  onClose(listener: (code: number, reason: string) => void): void;
}
