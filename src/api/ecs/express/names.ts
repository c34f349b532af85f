import type { ExpressSettings } from './rules.ts';

/** A name for a service that was given none: that of its image, and an id. */
export function generatedName({ primaryContainer }: Pick<ExpressSettings, 'primaryContainer'>, id: string): string {
  const path = primaryContainer?.image.split('@')[0]?.split('/').at(-1)?.split(':')[0] ?? '';
  const base = path.replaceAll(/[^A-Za-z0-9_-]/g, '-').slice(0, 40);
  return `${base === '' ? 'express' : base}-${id.slice(0, 4)}`;
}

/** The family of the definitions that are registered for a service. */
export function familyOf(clusterName: string, serviceName: string): string {
  return `${clusterName}-${serviceName}`.slice(0, 255);
}

/** Where a service's containers write to when nobody says otherwise. */
export function logGroupOf(clusterName: string, serviceName: string, id: string): string {
  return `/aws/ecs/${clusterName}/${serviceName}-${id.slice(0, 4)}`;
}
