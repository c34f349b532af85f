import { type Clock, elapsedMs, messageOf, type Timer } from '#base';
import { durationText } from './durations.ts';
import type { Style } from './style.ts';

export const progressModes = ['auto', 'tty', 'plain', 'json'] as const;
export type ProgressMode = (typeof progressModes)[number];

/** Says more about the step while it runs; the last text stays on its line. */
export type Say = (detail: string) => void;

/**
 * Progress of long work, on standard error. `tty` keeps one line per step up to date; `plain` only ever appends: a line
 * when a step ends, and a sign of life while a slow one runs; `json` is one object a line.
 */
export interface Steps {
  /** Runs one step; a failure is shown on its line and thrown on. */
  run<T>(label: string, work: (say: Say) => Promise<T>): Promise<T>;
  /** A line between steps. */
  note(text: string): void;
  warn(text: string): void;
}

export interface StepsOptions {
  readonly mode: 'tty' | 'plain' | 'json';
  readonly style: Style;
}

/** A step's first sign of life in plain mode, and then how often. */
const firstSignMs = 5_000;
const nextSignMs = 15_000;
const redrawMs = 250;
/** Labels are padded to this, so that details line up. */
const labelWidth = 16;

export function createSteps(
  options: StepsOptions,
  deps: { readonly clock: Clock; readonly write: (text: string) => void },
): Steps {
  return options.mode === 'json' ? jsonSteps(deps) : lineSteps(options, deps);
}

function lineSteps(
  { mode, style }: StepsOptions,
  { clock, write }: { readonly clock: Clock; readonly write: (text: string) => void },
): Steps {
  const live = mode === 'tty';
  const clear = live ? '\r\u001b[2K' : '';
  const line = (mark: string, label: string, detail: string, time: string): string =>
    `  ${mark} ${label.padEnd(labelWidth)} ${detail}${time === '' ? '' : `${detail === '' ? '' : '  '}${style.faint(time)}`}`;
  return {
    async run(label, work) {
      const startedAt = clock.now();
      const elapsed = (): string => durationText(elapsedMs(startedAt, clock.now()));
      let detail = '';
      let timer: Timer | undefined;
      const tick = (): void => {
        const text = line(style.mark.running, label, detail, elapsed());
        write(live ? clear + text : `${text}\n`);
        timer = clock.setTimer(live ? redrawMs : nextSignMs, tick);
      };
      timer = clock.setTimer(live ? 0 : firstSignMs, tick);
      try {
        const value = await work((text) => {
          detail = text;
        });
        write(`${clear}${line(style.mark.done, label, detail, elapsed())}\n`);
        return value;
      } catch (error) {
        write(`${clear}${line(style.mark.failed, label, messageOf(error).split('\n')[0] ?? '', elapsed())}\n`);
        throw error;
      } finally {
        timer.cancel();
      }
    },
    note: (text) => write(`${clear}${text}\n`),
    warn: (text) => write(`${clear}  ${style.mark.warning} ${text}\n`),
  };
}

function jsonSteps({ clock, write }: { readonly clock: Clock; readonly write: (text: string) => void }): Steps {
  const put = (event: Readonly<Record<string, unknown>>): void => write(`${JSON.stringify(event)}\n`);
  return {
    async run(label, work) {
      const startedAt = clock.now();
      const seconds = (): number => elapsedMs(startedAt, clock.now()) / 1000;
      let detail = '';
      put({ step: label, status: 'started' });
      try {
        const value = await work((text) => {
          detail = text;
        });
        put({ step: label, status: 'done', detail, seconds: seconds() });
        return value;
      } catch (error) {
        put({ step: label, status: 'failed', detail: messageOf(error), seconds: seconds() });
        throw error;
      }
    },
    note: (text) => put({ note: text }),
    warn: (text) => put({ warning: text }),
  };
}
