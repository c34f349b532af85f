import { notRegistered } from '#balancing';
import type { Target, TargetGroup, TargetHealth } from '#model';
import { operation } from '../operation.ts';
import { getTargetGroup } from './find.ts';
import { access, elbv2 } from './service.ts';
import { type AskedTarget, askedTargets } from './targets.ts';

/** DescribeTargetHealth: of all targets, or of those that are named. */
export const DescribeTargetHealth = operation(elbv2, 'DescribeTargetHealth', {
  authorize: () => access('DescribeTargetHealth'),
  command: ({ TargetGroupArn: arn, Targets }) => ({
    arn,
    asked: Targets === undefined || Targets.length === 0 ? undefined : askedTargets(Targets),
  }),
  read: (view, { arn, asked }, { scope }) => {
    const group = getTargetGroup(view, scope, arn);
    const targets = [...view.targets.by('targetGroup', arn)];
    if (asked === undefined) return { group, found: targets };
    return { group, found: asked.flatMap((each) => named(targets, each, group)) };
  },
  output: ({ group, found }) => ({ TargetHealthDescriptions: found.map((target) => present(target, group)) }),
});

type Shown = Pick<Target, 'id' | 'port' | 'health'> & { readonly availabilityZone?: string };

function named(targets: readonly Target[], { id, port, availabilityZone }: AskedTarget, group: TargetGroup): Shown[] {
  const found = targets.filter((target) => target.id === id && (port === undefined || target.port === port));
  if (found.length > 0) return found;
  const missing = { id, port: port ?? group.port, health: notRegistered };
  return [availabilityZone === undefined ? missing : { ...missing, availabilityZone }];
}

function present({ id, port, availabilityZone, health }: Shown, { healthCheck }: TargetGroup) {
  return {
    Target: { Id: id, Port: port, ...(availabilityZone === undefined ? {} : { AvailabilityZone: availabilityZone }) },
    HealthCheckPort: healthCheck.port === 'traffic-port' ? String(port) : healthCheck.port,
    TargetHealth: presentHealth(health),
  };
}

function presentHealth({ state, reason, description }: TargetHealth) {
  return {
    State: state,
    ...(reason === undefined ? {} : { Reason: reason as 'Target.NotInUse' }),
    ...(description === undefined ? {} : { Description: description }),
  };
}
