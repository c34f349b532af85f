import { Fault, type Metrics } from '#base';
import type { Journal } from '#store';

/** Commits of one group: from one alone to a full batch. */
const groupBounds = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024] as const;

/** The same journal, counted: what was appended, how long that took, and what was refused. */
export function measuredJournal(journal: Journal, metrics: Metrics): Journal {
  const commits = metrics.counters('roadstead_store_commits_total', 'Transactions made durable.').of();
  const bytes = metrics.counters('roadstead_store_appended_bytes_total', 'Bytes appended to the journal.').of();
  const groups = metrics
    .histograms('roadstead_store_group_commits', 'Transactions that shared one append.', [], groupBounds)
    .of();
  const durations = metrics
    .histograms('roadstead_store_append_duration_seconds', 'One append, until it is on disk.')
    .of();
  const refused = metrics.counters('roadstead_store_refused_appends_total', 'Appends that failed.', ['code']);
  const snapshots = metrics.counters('roadstead_store_snapshots_total', 'Snapshots begun.').of();
  return {
    load: () => journal.load(),
    async append(batch) {
      const startedMs = performance.now();
      // The journal takes the body's memory.
      const size = batch.body.byteLength;
      try {
        await journal.append(batch);
      } catch (error) {
        refused.of(error instanceof Fault ? error.code : 'unknown').add();
        throw error;
      }
      const count = batch.last - batch.first + 1;
      durations.observe((performance.now() - startedMs) / 1000);
      groups.observe(count);
      commits.add(count);
      bytes.add(size);
    },
    snapshot() {
      snapshots.add();
      return journal.snapshot();
    },
    close: () => journal.close(),
  };
}
