import type { ContainerInstanceArn } from '#model';
import type { HostReport } from '#wire/link';
import { reportsPerMessage } from './limits.ts';

/** Where the reports of agents go: what their documents became. Called within a turn of the event loop. */
export interface HostReports {
  /** What a host says anew. Of reports with the same key the latest counts. */
  take(host: ContainerInstanceArn, reports: readonly HostReport[]): void;
}

/** Nobody wants them. */
export const noHostReports: HostReports = { take: () => {} };

const states = new Set(['initial', 'healthy', 'unhealthy']);

/** The reports in a message, those left out that are none: a newer agent may know more kinds. */
export function hostReportsFrom(message: Readonly<Record<string, unknown>>): HostReport[] {
  const reports = message['reports'];
  if (!Array.isArray(reports)) return [];
  return reports.slice(0, reportsPerMessage).filter(isHostReport);
}

function isHostReport(candidate: unknown): candidate is HostReport {
  const { kind, report } = membersOf(candidate);
  const members = membersOf(report);
  if (kind === 'listener') return isText(members['listenerArn']) && isTextOrAbsent(members['problem']);
  if (kind === 'balancer-node') {
    const { balancerArn, interfaceId, listenerArns, digest, problem } = members;
    const known = Array.isArray(listenerArns) && listenerArns.every(isText);
    return known && isText(balancerArn) && isText(interfaceId) && [digest, problem].every(isTextOrAbsent);
  }
  if (kind !== 'target-health') return false;
  return (
    isText(members['targetGroupArn']) &&
    isText(members['id']) &&
    Number.isInteger(members['port']) &&
    states.has(String(members['state'])) &&
    isTextOrAbsent(members['reason']) &&
    isTextOrAbsent(members['description'])
  );
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

function isTextOrAbsent(value: unknown): boolean {
  return value === undefined || isText(value);
}
