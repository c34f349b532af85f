import { afterMs, earliest, unreachable } from '#base';
import { type CodeDeployDeployment, computedDesiredCount, routingSteps, type TaskSet, withSettings } from '#model';
import type { DeploymentContext, DeploymentDecision } from './decision.ts';
import { failed, interrupted, nextAlarmLook, timedOut } from './end.ts';
import { prepare, replacement } from './install.ts';
import { installLimitMs, trafficPollMs } from './limits.ts';
import { troubles } from './messages.ts';
import { atPhase, begun, done } from './record.ts';
import { type Pair, rulesBetween, toChange } from './rules.ts';
import type { DeploymentView } from './view.ts';

/**
 * What a deployment that is not over needs now: one step further, or back. Pure. Traffic counts as moved when the hosts
 * that carry it have heard.
 */
export function decideDeployment(view: DeploymentView, ctx: DeploymentContext): DeploymentDecision {
  const { deployment } = view;
  if (deployment.status === 'Created') {
    const started = begun(done(deployment, ['BeforeInstall'], ctx.now), 'Install', ctx.now);
    const { now } = ctx;
    return { deployment: { ...started, status: 'InProgress', startedAt: now, updatedAt: now }, wakeAt: now };
  }
  const over = interrupted(view, ctx);
  if (over !== undefined) return over;
  const decided = step(view, ctx);
  const alarmsAt = nextAlarmLook(decided.deployment, ctx.now);
  const wakeAt = earliest(decided.wakeAt, alarmsAt);
  return wakeAt === undefined ? decided : { ...decided, wakeAt };
}

function step(view: DeploymentView, ctx: DeploymentContext): DeploymentDecision {
  const { phase } = view.deployment;
  switch (phase) {
    case 'INSTALL':
      return install(view, ctx);
    case 'TEST_TRAFFIC':
      return testTraffic(view, ctx);
    case 'READY_WAIT':
      return readyWait(view, ctx);
    case 'TRAFFIC':
      return traffic(view, ctx);
    case 'TERMINATION_WAIT':
      return terminationWait(view, ctx);
    case 'TERMINATE':
      return whenGone(view, view.deployment.blueArn, ctx);
    case 'REROUTE':
      return reroute(view, ctx);
    case 'REMOVE':
      return whenGone(view, view.deployment.greenArn, ctx);
    default:
      return unreachable(phase);
  }
}

/** First nothing but the primary task set has traffic; then the replacement comes up. */
function install(view: DeploymentView, ctx: DeploymentContext): DeploymentDecision {
  const { deployment, service } = view;
  const { now } = ctx;
  if (deployment.greenArn === undefined) {
    const ready = prepare(view);
    if ('trouble' in ready) return failed(view, ready.trouble, ctx);
    const moving = shift(deployment, rulesBetween(view, deployment.balancing.prodListenerArns, ready.pair), {
      pair: ready.pair,
      percent: 0,
      ctx,
    });
    return moving ?? replacement(view, ready, ctx);
  }
  const green = taskSet(view, deployment.greenArn);
  if (green === undefined || service === undefined) return failed(view, troubles.replacement(deployment), ctx);
  const whole = green.computedDesiredCount === computedDesiredCount(service, green);
  if (green.stabilityStatus === 'STEADY_STATE' && whole) {
    const installed = done(deployment, ['Install', 'AfterInstall'], now);
    const tests = deployment.balancing.testListenerArns.length > 0;
    return tests
      ? { deployment: atPhase(begun(installed, 'AllowTestTraffic', now), 'TEST_TRAFFIC', now), wakeAt: now }
      : installedAndTested(installed, ctx);
  }
  const deadline = afterMs(deployment.phaseAt, installLimitMs);
  if (deadline <= now) return failed(view, troubles.installTimeout, ctx);
  return { deployment, wakeAt: deadline };
}

function testTraffic(view: DeploymentView, ctx: DeploymentContext): DeploymentDecision {
  const { deployment } = view;
  const pair = pairOf(view);
  if (pair === undefined) return failed(view, troubles.replacement(deployment), ctx);
  const rules = rulesBetween(view, deployment.balancing.testListenerArns, pair);
  const moving = shift(deployment, rules, { pair, percent: 100, ctx });
  return moving ?? installedAndTested(done(deployment, ['AllowTestTraffic', 'AfterAllowTestTraffic'], ctx.now), ctx);
}

function installedAndTested(deployment: CodeDeployDeployment, { now }: DeploymentContext): DeploymentDecision {
  if (deployment.readyWaitMinutes !== undefined) {
    return { deployment: { ...atPhase(deployment, 'READY_WAIT', now), status: 'Ready' }, wakeAt: now };
  }
  return rerouting(deployment, now);
}

function readyWait(view: DeploymentView, ctx: DeploymentContext): DeploymentDecision {
  const { deployment } = view;
  if (deployment.continuedAt?.ready !== undefined) return rerouting(deployment, ctx.now);
  const deadline = afterMs(deployment.phaseAt, (deployment.readyWaitMinutes ?? 0) * 60_000);
  return deadline <= ctx.now ? timedOut(view, ctx) : { deployment, wakeAt: deadline };
}

function rerouting(deployment: CodeDeployDeployment, now: DeploymentContext['now']): DeploymentDecision {
  const started = begun(done(deployment, ['BeforeAllowTraffic'], now), 'AllowTraffic', now);
  return { deployment: { ...atPhase(started, 'TRAFFIC', now), status: 'InProgress' }, wakeAt: now };
}

/** Step by step; after the last one the replacement is PRIMARY. */
function traffic(view: DeploymentView, ctx: DeploymentContext): DeploymentDecision {
  const { deployment } = view;
  const { now } = ctx;
  const pair = pairOf(view);
  if (pair === undefined) return failed(view, troubles.replacement(deployment), ctx);
  const steps = routingSteps(deployment.routing);
  const percent = steps[deployment.step] ?? 100;
  const rules = rulesBetween(view, deployment.balancing.prodListenerArns, pair);
  const lost = deployment.balancing.prodListenerArns.find((arn) => rulesBetween(view, [arn], pair).length === 0);
  if (lost !== undefined) return failed(view, troubles.listener(lost), ctx);
  const moving = shift(weighing(deployment, percent, now), rules, { pair, percent, ctx });
  if (moving !== undefined) return moving;
  if (deployment.step + 1 >= steps.length) return promoted(view, ctx);
  if (deployment.shiftedAt === undefined) {
    return { deployment: { ...deployment, shiftedAt: now, updatedAt: now }, wakeAt: now };
  }
  const minutes = deployment.routing.type === 'AllAtOnce' ? 0 : deployment.routing.intervalMinutes;
  const next = afterMs(deployment.shiftedAt, minutes * 60_000);
  if (next > now) return { deployment, wakeAt: next };
  const { shiftedAt: _, ...rest } = deployment;
  return { deployment: { ...rest, step: deployment.step + 1, updatedAt: now }, wakeAt: now };
}

function weighing(deployment: CodeDeployDeployment, weight: number, now: DeploymentContext['now']) {
  return deployment.weight === weight ? deployment : { ...deployment, weight, updatedAt: now };
}

/** What UpdateServicePrimaryTaskSet does: the service shows the replacement's settings from now on. */
function promoted(view: DeploymentView, { now }: DeploymentContext): DeploymentDecision {
  const { deployment } = view;
  const over = done(deployment, ['AllowTraffic', 'AfterAllowTraffic'], now);
  return {
    ...madePrimary(view, deployment.greenArn, now),
    deployment: atPhase(over, 'TERMINATION_WAIT', now),
    wakeAt: now,
  };
}

function madePrimary(
  { service, taskSets }: DeploymentView,
  arn: string | undefined,
  now: DeploymentContext['now'],
): Pick<DeploymentDecision, 'taskSets' | 'service'> {
  const chosen = taskSets.find(({ taskSetArn }) => taskSetArn === arn);
  if (chosen === undefined || service === undefined || chosen.status === 'PRIMARY') return {};
  const before = taskSets.filter(({ status }) => status === 'PRIMARY');
  const primary: TaskSet = { ...chosen, status: 'PRIMARY', updatedAt: now };
  return {
    taskSets: [...before.map((each): TaskSet => ({ ...each, status: 'ACTIVE', updatedAt: now })), primary],
    service: withSettings(service, primary),
  };
}

function terminationWait(view: DeploymentView, { now }: DeploymentContext): DeploymentDecision {
  const { deployment } = view;
  const deadline = afterMs(deployment.phaseAt, deployment.terminationWaitMinutes * 60_000);
  if (deployment.continuedAt?.termination === undefined && deadline > now) return { deployment, wakeAt: deadline };
  return { ...deleted(view, deployment.blueArn, now), deployment: atPhase(deployment, 'TERMINATE', now), wakeAt: now };
}

/** The traffic goes back to the tasks before; then the replacement goes. */
function reroute(view: DeploymentView, ctx: DeploymentContext): DeploymentDecision {
  const { deployment } = view;
  const { now } = ctx;
  const pair = pairOf(view);
  const blue = taskSet(view, deployment.blueArn);
  if (pair === undefined || blue === undefined) return failed(view, troubles.replacement(deployment), ctx);
  const { prodListenerArns, testListenerArns } = deployment.balancing;
  const rules = rulesBetween(view, [...prodListenerArns, ...testListenerArns], pair);
  const started = begun(done(deployment, ['BeforeAllowTraffic'], now), 'AllowTraffic', now);
  const known = deployment.events.some(({ status }) => status === 'InProgress') ? deployment : started;
  const moving = shift(known, rules, { pair, percent: 0, ctx });
  if (moving !== undefined) return moving;
  const back = madePrimary(view, blue.taskSetArn, now);
  const green = deleted(view, deployment.greenArn, now).taskSets ?? [];
  const over = done(known, ['AllowTraffic', 'AfterAllowTraffic'], now);
  const others = (back.taskSets ?? []).filter(({ taskSetArn }) => taskSetArn !== deployment.greenArn);
  return { ...back, taskSets: [...others, ...green], deployment: atPhase(over, 'REMOVE', now), wakeAt: now };
}

function deleted(
  view: DeploymentView,
  arn: string | undefined,
  now: DeploymentContext['now'],
): Pick<DeploymentDecision, 'taskSets'> {
  const found = view.taskSets.find(({ taskSetArn }) => taskSetArn === arn);
  if (found === undefined || found.status === 'DRAINING') return {};
  return { taskSets: [{ ...found, status: 'DRAINING', updatedAt: now }] };
}

function whenGone(view: DeploymentView, arn: string | undefined, { now }: DeploymentContext): DeploymentDecision {
  const { deployment } = view;
  if (view.taskSets.some(({ taskSetArn }) => taskSetArn === arn)) return { deployment };
  return { deployment: { ...deployment, status: 'Succeeded', completedAt: now, updatedAt: now } };
}

/** The change of rules that is still to be made or heard of; `undefined` when the traffic goes as wanted. */
function shift(
  deployment: CodeDeployDeployment,
  rules: Parameters<typeof toChange>[0],
  { pair, percent, ctx }: { readonly pair: Pair; readonly percent: number; readonly ctx: DeploymentContext },
): DeploymentDecision | undefined {
  const changed = toChange(rules, pair, percent);
  if (changed.length > 0) return { deployment, rules: changed, wakeAt: ctx.now };
  return ctx.heard(rules) ? undefined : { deployment, wakeAt: afterMs(ctx.now, trafficPollMs) };
}

function taskSet(view: DeploymentView, arn: string | undefined): TaskSet | undefined {
  return view.taskSets.find(({ taskSetArn, status }) => taskSetArn === arn && status !== 'DRAINING');
}

/** By what the replacement is registered with; `undefined` when it is gone. */
function pairOf(view: DeploymentView): Pair | undefined {
  const { balancing, greenArn } = view.deployment;
  const green = taskSet(view, greenArn)?.loadBalancers?.[0]?.targetGroupArn;
  const groups = balancing.targetGroupNames.flatMap((name) => view.targetGroup(name)?.targetGroupArn ?? []);
  const blue = groups.find((arn) => arn !== green);
  return green === undefined || blue === undefined || !groups.includes(green) ? undefined : { blue, green };
}
