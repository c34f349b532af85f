import { createRequire } from 'node:module';
import type { ConstraintsSnapshot, ServiceFacts, ServiceSnapshot, ServicesSnapshot } from '../aws/snapshot.ts';
import { roadstead } from './roadstead.ts';
import known from './services.json' with { type: 'json' };

export { additions, enumAdditions } from './additions.ts';

/** A service that is served. */
export interface Served {
  readonly key: string;
  /** Reads the committed files, at the service's first request: most processes need few services, many need none. */
  readonly load: () => { readonly shapes: ServiceSnapshot; readonly constraints?: ConstraintsSnapshot };
}

const require = createRequire(import.meta.url);

function committed(key: string): Served {
  return {
    key,
    load: () => ({
      shapes: require(`./${key}.json`) as ServiceSnapshot,
      constraints: require(`./${key}.constraints.json`) as ConstraintsSnapshot,
    }),
  };
}

/** The committed snapshots: a service is served by a row in `served`; `known` has the facts of all that requests are recognised for. */
export const snapshots: { readonly served: readonly Served[]; readonly known: readonly ServiceFacts[] } = {
  served: [
    committed('ecs'),
    committed('cloudwatch-logs'),
    committed('servicediscovery'),
    committed('acm'),
    committed('codedeploy'),
    committed('elasticloadbalancingv2'),
    committed('ec2'),
    committed('route-53'),
    committed('ssm'),
    committed('sts'),
    { key: roadstead.service.key, load: () => ({ shapes: roadstead }) },
  ],
  known: [...(known as unknown as ServicesSnapshot).services, roadstead.service],
};
