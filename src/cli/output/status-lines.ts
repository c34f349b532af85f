import { elapsedMs, type Instant } from '#base';
import { ageText, durationText, sizeText } from './durations.ts';
import type { DescribedService, StatusData } from './status-data.ts';
import type { Style } from './style.ts';
import { table } from './table.ts';

interface Look {
  readonly style: Style;
  readonly wide: boolean;
  readonly now: Instant;
}

/** The one screen of `roadstead status`: the verdict first, anything red before anything else. */
export function statusLines(data: StatusData, look: Look): string[] {
  const { style, now } = look;
  const uptime = durationText(elapsedMs(data.startedAt, now));
  const free = data.freeBytes === undefined ? '' : `, ${sizeText(data.freeBytes)} free on ${data.dataDir}`;
  return [
    verdict(data, style),
    `  ${data.endpoint}  region ${data.region}, version ${data.version}, up ${uptime}${free}`,
    ...section(hostRows(data, look)),
    ...section(serviceRows(data, look)),
    ...(data.truncated ? [style.faint('  … and more; aws ecs list-services shows all')] : []),
    ...section(rolloutLines(data, look)),
    ...section(eventLines(data, look)),
  ];
}

function section(lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', ...lines];
}

function verdict(data: StatusData, style: Style): string {
  const lost = data.hosts.filter(({ agentConnected }) => !agentConnected).length;
  const short = data.services.filter((service) => (service.runningCount ?? 0) < (service.desiredCount ?? 0)).length;
  const problems = [
    ...(data.hosts.length === 0 ? ['no host has joined'] : []),
    ...(lost > 0 ? [`${counted(lost, 'host is', 'hosts are')} disconnected`] : []),
    ...(short > 0 ? [`${counted(short, 'service is', 'services are')} below the desired count`] : []),
  ];
  const { clusters, services, tasks } = data.counts;
  const counts = `${counted(clusters, 'cluster', 'clusters')}, ${counted(services, 'service', 'services')}, ${counted(tasks, 'task', 'tasks')}`;
  return problems.length === 0
    ? `${style.mark.done} ${style.strong('Healthy.')} ${counts}`
    : `${style.mark.failed} ${style.strong(`${problems.join('; ')}.`)} ${counts}`;
}

function hostRows({ hosts }: StatusData, { style, wide }: Look): string[] {
  if (hosts.length === 0) return [];
  const heads = [
    'HOST',
    'STATUS',
    'AGENT',
    'TASKS',
    'CPU FREE',
    'MEMORY FREE',
    ...(wide ? ['POOL', 'ZONE', 'DOCKER'] : []),
  ];
  const rows = hosts.map((host) => [
    host.instanceId,
    host.status,
    host.agentConnected ? style.good('connected') : style.bad('disconnected'),
    String(host.runningTasks),
    `${host.remainingCpuUnits}/${host.cpuUnits}`,
    `${host.remainingMemoryMiB}/${host.memoryMiB} MiB`,
    ...(wide ? [host.pool ?? '-', host.availabilityZone ?? '-', host.dockerVersion ?? '-'] : []),
  ]);
  return table(heads, rows);
}

function serviceRows({ services }: StatusData, { style, wide, now }: Look): string[] {
  if (services.length === 0) return [];
  const heads = [
    'SERVICE',
    'CLUSTER',
    'DESIRED',
    'RUNNING',
    'PENDING',
    'REVISION',
    'ROLLOUT',
    'AGE',
    ...(wide ? ['LAUNCH'] : []),
  ];
  const rows = services.map((service) => {
    const short = (service.runningCount ?? 0) < (service.desiredCount ?? 0);
    const running = String(service.runningCount ?? 0);
    return [
      service.serviceName ?? '',
      lastSegment(service.clusterArn),
      String(service.desiredCount ?? 0),
      short ? style.warning(running) : running,
      String(service.pendingCount ?? 0),
      lastSegment(service.taskDefinition),
      primary(service)?.rolloutState ?? '-',
      ageText(elapsedMs(Number(service.createdAt ?? 0) as Instant, now)),
      ...(wide ? [service.launchType ?? '-'] : []),
    ];
  });
  return table(heads, rows);
}

function rolloutLines({ services }: StatusData, { style }: Look): string[] {
  return services.flatMap((service) => {
    const deployment = primary(service);
    if (deployment === undefined || deployment.rolloutState === 'COMPLETED') return [];
    const failed = deployment.rolloutState === 'FAILED';
    const mark = failed ? style.mark.failed : style.mark.running;
    const counts = `${deployment.runningCount ?? 0}/${deployment.desiredCount ?? 0} running, ${deployment.failedTasks ?? 0} failed`;
    return [`${mark} ${service.serviceName}: ${counts}. ${deployment.rolloutStateReason ?? ''}`.trimEnd()];
  });
}

function eventLines({ events }: StatusData, { now }: Look): string[] {
  return events.map(
    ({ createdAt, message }) => `${ageText(elapsedMs(createdAt as Instant, now)).padStart(5)} ago  ${message}`,
  );
}

function primary(service: DescribedService): NonNullable<DescribedService['deployments']>[number] | undefined {
  return service.deployments?.find((deployment) => deployment.status === 'PRIMARY');
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

function lastSegment(arn: string | undefined): string {
  return arn === undefined ? '' : arn.slice(arn.lastIndexOf('/') + 1);
}
