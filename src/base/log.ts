/** Structured logging as a port; `main/` builds the real one. Field names are camelCase ECS words; no secret is a field. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  /** Life cycle. */
  info(message: string, fields?: LogFields): void;
  /** Degraded, retrying. */
  warn(message: string, fields?: LogFields): void;
  /** Someone must act. */
  error(message: string, fields?: LogFields): void;
  child(fields: LogFields): Logger;
}

export type LogFields = Readonly<Record<string, unknown>>;

export const silentLogger: Logger = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  child: () => silentLogger,
};
