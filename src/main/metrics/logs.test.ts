import { expect, it } from 'vitest';
import { Metrics } from '#base';
import { MemoryLogDisk } from '#logs';
import { measuredLogDisk } from './logs.ts';

it('counts what is appended to logs, read from them and refused', async () => {
  const metrics = new Metrics();
  const bare = new MemoryLogDisk();
  const disk = measuredLogDisk(bare, metrics);
  await disk.append('g/a', 0, Buffer.from('12345'));
  expect((await disk.read('g/a', 1, 3)).toString()).toBe('234');
  bare.onChange = () => ({ error: Object.assign(new Error('no space left'), { code: 'ENOSPC' }) });
  await expect(disk.append('g/a', 5, Buffer.from('6'))).rejects.toThrow('no space left');
  const text = metrics.text();
  for (const line of [
    'roadstead_logs_appended_bytes_total 5',
    'roadstead_logs_read_bytes_total 3',
    'roadstead_logs_refused_appends_total{code="ENOSPC"} 1',
    'roadstead_logs_append_duration_seconds_count 1',
  ]) {
    expect(text.split('\n')).toContain(line);
  }
});
