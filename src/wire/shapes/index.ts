import type { ConstraintsSnapshot, ServiceSnapshot, ServicesSnapshot } from '../aws/snapshot.ts';
import acmConstraints from './acm.constraints.json' with { type: 'json' };
import acm from './acm.json' with { type: 'json' };
import logsConstraints from './cloudwatch-logs.constraints.json' with { type: 'json' };
import logs from './cloudwatch-logs.json' with { type: 'json' };
import ecsConstraints from './ecs.constraints.json' with { type: 'json' };
import ecs from './ecs.json' with { type: 'json' };
import { roadstead } from './roadstead.ts';
import servicediscoveryConstraints from './servicediscovery.constraints.json' with { type: 'json' };
import servicediscovery from './servicediscovery.json' with { type: 'json' };
import known from './services.json' with { type: 'json' };

export { additions, enumAdditions } from './additions.ts';

interface Served {
  readonly shapes: ServiceSnapshot;
  readonly constraints?: ConstraintsSnapshot;
}

/** The committed snapshots: a service is served by a row in `served`; `known` names all that requests are recognised for. */
export const snapshots: { readonly served: readonly Served[]; readonly known: ServicesSnapshot } = {
  served: [
    { shapes: ecs as unknown as ServiceSnapshot, constraints: ecsConstraints as unknown as ConstraintsSnapshot },
    { shapes: logs as unknown as ServiceSnapshot, constraints: logsConstraints as unknown as ConstraintsSnapshot },
    {
      shapes: servicediscovery as unknown as ServiceSnapshot,
      constraints: servicediscoveryConstraints as unknown as ConstraintsSnapshot,
    },
    { shapes: acm as unknown as ServiceSnapshot, constraints: acmConstraints as unknown as ConstraintsSnapshot },
    { shapes: roadstead },
  ],
  known: known as unknown as ServicesSnapshot,
};
