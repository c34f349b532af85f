import type { Clock, Counter, Histogram, Metrics } from '#base';
import type { RouteResult } from '#wire/aws';

/** Counts and times requests from when they are read to when their answer is known. */
export interface RequestMeter {
  begin(): (place: RouteResult, status: number) => void;
}

/** The series of one operation, at hand without looking them up by their labels. */
interface Series {
  readonly duration: Histogram;
  readonly byStatus: Map<number, Counter>;
}

/** A meter that keeps its series in `metrics`. */
export function createRequestMeter(deps: { readonly metrics: Metrics; readonly clock: Clock }): RequestMeter {
  const { metrics, clock } = deps;
  const answered = metrics.counters(
    'roadstead_api_requests_total',
    'Requests answered. What names no operation has the reason in place of one.',
    ['service', 'operation', 'status'],
  );
  const durations = metrics.histograms(
    'roadstead_api_request_duration_seconds',
    'From a request read to its answer known: signature, decision, disk.',
    ['service', 'operation'],
  );
  const known = new Map<unknown, Series>();
  const seriesOf = (place: RouteResult): Series => {
    const key = 'route' in place ? place.route.operation : `${place.failure.service?.key}:${place.failure.reason}`;
    let series = known.get(key);
    if (series === undefined) {
      series = { duration: durations.of(...namesOf(place)), byStatus: new Map() };
      known.set(key, series);
    }
    return series;
  };
  const counterOf = (place: RouteResult, { byStatus }: Series, status: number): Counter => {
    let counter = byStatus.get(status);
    if (counter === undefined) {
      counter = answered.of(...namesOf(place), String(status));
      byStatus.set(status, counter);
    }
    return counter;
  };
  return {
    begin() {
      const startedMs = clock.monotonicMs();
      return (place, status) => {
        const series = seriesOf(place);
        counterOf(place, series, status).add();
        series.duration.observe((clock.monotonicMs() - startedMs) / 1000);
      };
    },
  };
}

/** Only names of the model and reasons of ours, so that a caller cannot make series. */
function namesOf(place: RouteResult): readonly [service: string, operation: string] {
  return 'route' in place
    ? [place.route.service.key, place.route.operation.name]
    : [place.failure.service?.key ?? '', place.failure.reason];
}
