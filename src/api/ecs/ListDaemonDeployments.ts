import type { DaemonDeployment } from '#model';
import { operation } from '../operation.ts';
import { decodePageToken, encodePageToken } from '../page-token.ts';
import { resolveCluster } from './cluster/resolve.ts';
import { presentDaemonDeploymentSummary } from './daemon/present.ts';
import { daemonFrom } from './daemon/references.ts';
import { invalidParameter } from './errors.ts';
import { pageSizes } from './limits.ts';
import { checkedPageSize } from './paging.ts';
import { ecs } from './service.ts';

const kind = 'ListDaemonDeployments';

/**
 * ListDaemonDeployments: newest first; a page's token names the last one seen. Of a daemon that is not there an empty
 * page, since the model has no exception for it; those of one that was deleted are told for as long as they are kept.
 */
export const ListDaemonDeployments = operation(ecs, 'ListDaemonDeployments', {
  authorize: (input, ctx) => ({
    action: 'ecs:ListDaemonDeployments',
    resource: input.daemonArn.startsWith('arn:') ? daemonFrom(ctx.scope, input.daemonArn).daemonArn : '*',
  }),
  command: (input, ctx) => {
    const { before, after } = input.createdAt ?? {};
    const { status = [], nextToken = '' } = input;
    const limit = checkedPageSize(pageSizes.deployments, input.maxResults);
    const seen = nextToken === '' ? undefined : decodePageToken(kind, nextToken);
    if (before !== undefined && after !== undefined && before < after) {
      throw invalidParameter('createdAt: before must not be earlier than after.');
    }
    return {
      ...daemonFrom(ctx.scope, input.daemonArn),
      limit,
      seen,
      isWanted: (record: DaemonDeployment): boolean =>
        (status.length === 0 || status.includes(record.status)) &&
        (before === undefined || record.createdAt < before) &&
        (after === undefined || record.createdAt > after),
    };
  },
  read: (view, { daemonArn, clusterName, limit, seen, isWanted }, ctx) => {
    resolveCluster(view, ctx.scope, clusterName);
    const all = [...view.daemonDeployments.by('daemon', daemonArn)].reverse();
    const from = seen === undefined ? 0 : all.findIndex((record) => record.daemonDeploymentArn === seen) + 1;
    if (seen !== undefined && from === 0) throw invalidParameter('Invalid token.');
    const left = all.slice(from).filter(isWanted);
    return { records: left.slice(0, limit), more: left.length > limit };
  },
  output: ({ records, more }) => {
    const last = records.at(-1);
    return {
      daemonDeployments: records.map(presentDaemonDeploymentSummary),
      ...(more && last !== undefined ? { nextToken: encodePageToken(kind, last.daemonDeploymentArn) } : {}),
    };
  },
});
