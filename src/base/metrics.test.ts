import { describe, expect, it } from 'vitest';
import { parsePrometheus } from '../../test/support/prometheus.ts';
import { Metrics } from './metrics.ts';

describe('the text of metrics', () => {
  it('is the exposition format, in the order of making', () => {
    const metrics = new Metrics();
    const requests = metrics.counters('requests_total', 'How many.', ['operation', 'status']);
    requests.of('RunTask', '200').add();
    requests.of('RunTask', '200').add(2);
    requests.of('RunTask', '400');
    let depth = 3;
    metrics.reading('depth', 'gauge', 'Now.', () => depth);
    const sizes = metrics.histograms('size_bytes', 'How large.', [], [1, 10]).of();
    for (const size of [0, 1, 1.5, 10, 11]) sizes.observe(size);
    depth = 4;
    expect(metrics.text()).toBe(`# HELP requests_total How many.
# TYPE requests_total counter
requests_total{operation="RunTask",status="200"} 3
requests_total{operation="RunTask",status="400"} 0
# HELP depth Now.
# TYPE depth gauge
depth 4
# HELP size_bytes How large.
# TYPE size_bytes histogram
size_bytes_bucket{le="1"} 2
size_bytes_bucket{le="10"} 4
size_bytes_bucket{le="+Inf"} 5
size_bytes_sum 23.5
size_bytes_count 5
`);
  });

  it('keeps whatever a label holds', () => {
    const metrics = new Metrics();
    const odd = 'a "quoted" \\ back\nslash, and } more';
    metrics.counters('odd_total', 'Odd \\ help\nhere.', ['what', 'other']).of(odd, '').add(7);
    const read = parsePrometheus(metrics.text());
    expect(read.value('odd_total', { what: odd, other: '' })).toBe(7);
  });

  it('has each name once', () => {
    const metrics = new Metrics();
    metrics.counters('one_total', 'One.');
    expect(() => metrics.reading('one_total', 'gauge', 'Two.', () => 2)).toThrow(/one_total/);
  });
});
