import { durationText } from '../output/durations.ts';
import type { Style } from '../output/style.ts';
import type { Healing } from './healing.ts';
import { answersByVersion, type Rollout } from './rolling.ts';
import type { SampleBalancer } from './sample-balancer.ts';
import { sampleCluster, sampleService, shortTaskId } from './sample-service.ts';
import type { Spread } from './spread.ts';
import type { TaskAnswer } from './task-call.ts';

/** All that the demo did. */
export interface DemoFacts {
  readonly endpoint: string;
  readonly balancer: SampleBalancer;
  readonly answers: readonly TaskAnswer[];
  readonly spread: Spread;
  readonly healing: Healing;
  readonly rollout: Rollout;
  readonly totalMs: number;
}

export function healingText(healing: Healing): string {
  const killed = shortTaskId({ taskArn: healing.killedTaskArn });
  const replacement = shortTaskId(healing.replacement);
  return `killed task ${killed}; task ${replacement} answers in its place after ${durationText(healing.milliseconds)}`;
}

export function rolloutText({ from, to, traffic, milliseconds }: Rollout): string {
  const versions = `version ${to.version} in place of ${from.version} after ${durationText(milliseconds)}`;
  const counts = [...answersByVersion(traffic)].toSorted(([a], [b]) => a - b);
  const byVersion = counts.map(([version, count]) => `${count} by version ${version}`).join(', ');
  return `${versions}; ${traffic.sent} requests meanwhile, ${traffic.failed} failed (${byVersion})`;
}

/** As JSON. */
export function demoData({ endpoint, balancer, answers, spread, healing, rollout, totalMs }: DemoFacts): object {
  const { dnsName, port, url } = balancer;
  const { from, to, traffic } = rollout;
  return {
    endpoint,
    cluster: sampleCluster,
    service: sampleService,
    loadBalancer: { dnsName, port, url },
    tasks: answers,
    requests: spread,
    killedTaskArn: healing.killedTaskArn,
    replacement: healing.replacement,
    replacementMilliseconds: healing.milliseconds,
    rollout: {
      fromVersion: from.version,
      toVersion: to.version,
      taskArns: rollout.tasks.map(({ taskArn }) => taskArn ?? ''),
      milliseconds: rollout.milliseconds,
      requests: traffic.sent,
      failed: traffic.failed,
      byVersion: Object.fromEntries(answersByVersion(traffic)),
    },
    totalMilliseconds: totalMs,
  };
}

export interface ClosingFacts extends Pick<DemoFacts, 'endpoint' | 'balancer' | 'totalMs'> {
  /** As the user calls it. */
  readonly program: string;
}

export function closingLines(style: Style, { endpoint, balancer, totalMs, program }: ClosingFacts): string[] {
  const { dnsName, port, url } = balancer;
  return [
    style.good(`All of it worked, in ${durationText(totalMs)}. The service keeps running.`),
    `  service   ${style.strong(`http://${dnsName}:${port}/`)}`,
    `            ${url} where names below localhost are not known`,
    `  endpoint  ${style.strong(endpoint)}`,
    'Next:',
    `  curl ${url}`,
    `  eval "$(${program} env)"`,
    style.faint('  (an aws CLI before 2.13 or 1.29 needs --endpoint-url "$AWS_ENDPOINT_URL" on each command)'),
    `  aws ecs describe-services --cluster ${sampleCluster} --services ${sampleService}`,
    `  aws ecs update-service --cluster ${sampleCluster} --service ${sampleService} --desired-count 5`,
    '  aws elbv2 describe-load-balancers',
    `  ${program} status`,
    `  ${program} demo --clean      removes all of it`,
  ];
}
