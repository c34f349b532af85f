import { sleep } from '#base';
import type { RoadsteadEvent } from '#wire/aws';
import type { ControlPlane } from '../control-plane.ts';
import { failureFrom } from '../failure.ts';
import { type CommandBody, done } from '../invocation.ts';
import type { Report } from '../output/report.ts';
import { formatReport } from '../output/report.ts';
import { connect } from './account.ts';

export interface EventsOptions {
  readonly follow?: boolean;
  /** How many of the newest are shown first. */
  readonly last: number;
}

/** How often a follower asks, ms. */
const askEveryMs = 1_000;

/** `roadstead events`: what happened, as EventBridge would tell it; with `--follow`, what happens until interrupted. */
export const events: CommandBody<EventsOptions> = async (invocation, _args, options) => {
  const { deps, common, style } = invocation;
  const controlPlane = await connect(invocation);
  const kept = await readFrom(controlPlane, undefined);
  const newest = options.last === 0 ? [] : kept.events.slice(-options.last);
  if (options.follow !== true) return { report: reportOf(newest) };
  // Whole documents cannot be told apart in a stream: one line each.
  const format = common.output === 'json' || common.output === 'yaml' ? 'jsonl' : common.output;
  let found: readonly RoadsteadEvent[] = newest;
  let token = kept.nextToken;
  while (true) {
    deps.terminal.writeOut(await formatReport(reportOf(found), format, style));
    await sleep(deps.clock, askEveryMs, deps.signal).catch(() => {});
    if (deps.signal.aborted) return done;
    const next = await readFrom(controlPlane, token);
    [found, token] = [next.events, next.nextToken];
  }
};

/** All events after the token. */
async function readFrom(
  controlPlane: ControlPlane,
  token: string | undefined,
): Promise<{ readonly events: readonly RoadsteadEvent[]; readonly nextToken: string }> {
  const events: RoadsteadEvent[] = [];
  let nextToken = token;
  while (true) {
    const page = await controlPlane
      .roadstead('ListEvents', nextToken === undefined ? {} : { nextToken })
      .catch((error: unknown) => {
        throw failureFrom('cannot read the events', error);
      });
    events.push(...page.events);
    nextToken = page.nextToken;
    if (page.events.length === 0) return { events, nextToken };
  }
}

function reportOf(found: readonly RoadsteadEvent[]): Report {
  const data = found.map(({ detailType, detail, ...rest }) => ({
    version: '0',
    ...rest,
    'detail-type': detailType,
    detail: JSON.parse(detail) as Detail,
  }));
  return {
    data: { events: data },
    items: data,
    lines: (style) =>
      data.map(
        (event) =>
          `${event.time}  ${style.strong(shortType(event['detail-type']))}  ${nameOf(event.resources)}  ${gist(event.detail)}`,
      ),
    names: data.map(({ id }) => id),
  };
}

interface Detail {
  readonly lastStatus?: string;
  readonly desiredStatus?: string;
  readonly stoppedReason?: string;
  readonly eventName?: string;
  readonly reason?: string;
  readonly status?: string;
  readonly agentConnected?: boolean;
  readonly overallStatus?: string;
}

function shortType(detailType: string): string {
  return detailType.replace(/^ECS /, '').padEnd(31);
}

function nameOf(resources: readonly string[]): string {
  return (resources[0] ?? '').split(':').at(-1) ?? '';
}

/** What it comes to, in one line. */
function gist({
  lastStatus,
  desiredStatus,
  stoppedReason,
  eventName,
  reason,
  status,
  agentConnected,
  overallStatus,
}: Detail): string {
  if (lastStatus !== undefined) {
    const to = lastStatus === desiredStatus ? lastStatus : `${lastStatus}, wanted ${desiredStatus}`;
    return stoppedReason === undefined ? to : `${to}: ${stoppedReason}`;
  }
  if (eventName !== undefined) return reason === undefined ? eventName : `${eventName}: ${reason}`;
  if (status !== undefined) return `${status}, agent ${agentConnected === true ? 'connected' : 'away'}`;
  return overallStatus ?? '';
}
