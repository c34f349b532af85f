import { mustRun } from '../programs/index.ts';

/** The address by which this machine reaches others, as its default route says; `undefined` without one. */
export async function findUnderlayAddress(): Promise<string | undefined> {
  try {
    // Nothing is sent: any address beyond the default route will do. Source: RFC 5737, for documentation.
    const routes = JSON.parse(await mustRun('ip', ['-4', '-j', 'route', 'get', '192.0.2.1'])) as {
      readonly prefsrc?: string;
    }[];
    return routes[0]?.prefsrc;
  } catch {
    return undefined;
  }
}
