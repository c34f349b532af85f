import type { Metrics } from '#base';
import type { LogDisk } from '#logs';

/** The same disk, counted: what was appended of logs, how long that took, and what was refused. */
export function measuredLogDisk(disk: LogDisk, metrics: Metrics): LogDisk {
  const bytes = metrics.counters('roadstead_logs_appended_bytes_total', 'Bytes appended to files of logs.').of();
  const durations = metrics
    .histograms('roadstead_logs_append_duration_seconds', 'One append to a file of logs, until it is on disk.')
    .of();
  const refused = metrics.counters('roadstead_logs_refused_appends_total', 'Appends that failed.', ['code']);
  const readBytes = metrics.counters('roadstead_logs_read_bytes_total', 'Bytes read from files of logs.').of();
  return {
    list: (directory) => disk.list(directory),
    async append(path, position, content) {
      const startedMs = performance.now();
      try {
        await disk.append(path, position, content);
      } catch (error) {
        refused.of((error as NodeJS.ErrnoException).code ?? 'unknown').add();
        throw error;
      }
      durations.observe((performance.now() - startedMs) / 1000);
      bytes.add(content.length);
    },
    async read(path, position, length) {
      const content = await disk.read(path, position, length);
      readBytes.add(content.length);
      return content;
    },
    replace: (path, content) => disk.replace(path, content),
    truncate: (path, length) => disk.truncate(path, length),
    remove: (path) => disk.remove(path),
    removeDirectory: (directory) => disk.removeDirectory(directory),
    close: () => disk.close(),
  };
}
