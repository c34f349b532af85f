/**
 * `ok`; `warning`: something works less well or is not there yet; `failed`: Roadstead cannot run tasks here as it is.
 * Anything but `ok` says what to do.
 */
export interface Check {
  readonly name: string;
  readonly state: 'ok' | 'warning' | 'failed';
  readonly detail: string;
  readonly fix?: string;
}
