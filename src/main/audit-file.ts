import { type FileHandle, open, readFile } from 'node:fs/promises';
import { type Clock, rfc3339 } from '#base';
import type { AuditEntry, AuditTrail } from '#sessions';

/** How a session ended whose control plane did not live to see it. */
const cutShort = 'The control plane ended.';

/**
 * The audit trail in a file, one line of JSON for each entry, for its owner alone. It is only ever appended to, and an
 * entry is on disk before its promise resolves; entries that come together share one flush. Sessions that an earlier
 * control plane left open are ended in it now: sessions never outlive their control plane.
 */
export async function openAuditFile(path: string, { clock }: { readonly clock: Clock }): Promise<AuditFile> {
  const file = new AuditFile(await open(path, 'a', 0o600));
  const text = await readFile(path, 'utf8');
  // A line that a crash cut short stands by itself.
  if (text !== '' && !text.endsWith('\n')) await file.append('\n');
  for (const { event: _event, why: _why, ...left } of leftOpen(text)) {
    await file.record({ ...left, time: rfc3339(clock.now()), event: 'SessionEnded', why: cutShort });
  }
  return file;
}

class AuditFile implements AuditTrail, AsyncDisposable {
  readonly #file: FileHandle;
  #waiting: string[] = [];
  #flushed: Promise<void> | undefined;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  record(entry: AuditEntry): Promise<void> {
    return this.append(`${JSON.stringify(entry)}\n`);
  }

  /** All that waits goes together, after what is being written. */
  append(text: string): Promise<void> {
    this.#waiting.push(text);
    if (this.#waiting.length === 1)
      this.#flushed = (this.#flushed ?? Promise.resolve()).catch(() => {}).then(() => this.#flush());
    return this.#flushed ?? Promise.resolve();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#flushed?.catch(() => {});
    await this.#file.close();
  }

  async #flush(): Promise<void> {
    const text = this.#waiting.splice(0).join('');
    await this.#file.appendFile(text);
    await this.#file.datasync();
  }
}

/** The openings that no end follows. */
function leftOpen(text: string): Iterable<AuditEntry> {
  const open = new Map<string, AuditEntry>();
  for (const line of text.split('\n')) {
    const entry = parsed(line);
    if (entry?.event === 'SessionOpened') open.set(entry.sessionId, entry);
    else if (entry?.event === 'SessionEnded') open.delete(entry.sessionId);
  }
  return open.values();
}

function parsed(line: string): AuditEntry | undefined {
  try {
    return JSON.parse(line) as AuditEntry;
  } catch {
    return undefined;
  }
}
