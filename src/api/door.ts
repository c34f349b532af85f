import { decideAccess } from '#authz';
import type { Clock, Ids } from '#base';
import type { AutoScalingGroups } from '#capacity';
import type { LogStore } from '#logs';
import { type Principal, platformAccountId, type Region } from '#model';
import type { CertificateAuthority, Sealer } from '#pki';
import type { HostIndex } from '#scheduler';
import type { RoadsteadStore, Totals } from '#store';
import type { UsageWindow } from '#telemetry';
import { ApiError } from '#wire/aws';
import { limits } from './limits.ts';
import type { ApiSettings, Operation, OperationContext } from './operation.ts';
import { operations } from './operations.ts';
import { ShownRecords } from './shown-records.ts';
import { tagAccess } from './tag-access.ts';
import type { Throttle } from './throttle.ts';

/** One call: who asks for what. The input is decoded and has the operation's shape. */
export interface ApiCall {
  readonly service: string;
  readonly operation: string;
  readonly input: unknown;
  readonly principal: Principal;
  /** From the signature's scope. */
  readonly region: string;
  readonly requestId: string;
  readonly endpoint: string;
}

export interface Api {
  /** Runs one call; gives its output, or throws ApiError. */
  call(call: ApiCall): Promise<unknown>;
}

/**
 * The door every call goes through, whether it comes over the network or from inside a test: find the operation, ask
 * whether the caller may, only then run it.
 */
export function createApi(
  settings: ApiSettings,
  deps: {
    readonly store: RoadsteadStore;
    readonly totals: Totals;
    readonly hosts: HostIndex;
    readonly groups: AutoScalingGroups;
    readonly logs: LogStore;
    readonly authority: CertificateAuthority;
    readonly privateKeys: Sealer;
    readonly sessions: OperationContext['sessions'];
    readonly usage: Pick<UsageWindow, 'latest' | 'minutes'>;
    readonly clock: Clock;
    readonly ids: Ids;
    /** Absent: everybody may ask as often as they like. */
    readonly throttle?: Throttle;
  },
): Api {
  const shown = {
    tasks: new ShownRecords(limits.shownTasks),
    services: new ShownRecords(limits.shownServices),
  };
  const byName = new Map<string, Operation>(operations.map((each) => [`${each.service}.${each.name}`, each]));
  return {
    async call(call) {
      const operation = byName.get(`${call.service}.${call.operation}`);
      if (operation === undefined) throw notImplemented(call);
      const context = {
        scope: { accountId: call.principal.accountId, region: call.region as Region },
        principal: call.principal,
        now: deps.clock.now(),
        ids: deps.ids,
        requestId: call.requestId,
        endpoint: call.endpoint,
        settings,
        totals: deps.totals,
        shown,
        hosts: deps.hosts,
        groups: deps.groups,
        logs: deps.logs,
        authority: deps.authority,
        privateKeys: deps.privateKeys,
        sessions: deps.sessions,
        usage: deps.usage,
      };
      if (deps.throttle !== undefined) requireRate(deps.throttle, call, context);
      const access = operation.authorize(call.input, context);
      for (const each of [access, ...tagAccess(call, access, context)]) {
        const decision = decideAccess({ principal: call.principal, ...each });
        if (!decision.allowed) throw new ApiError('AccessDeniedException', decision.message);
      }
      return await operation.run(deps.store, call.input, context);
    },
  };
}

/** The platform's own hosts are no caller's. */
function requireRate(throttle: Throttle, call: ApiCall, { scope, now }: Pick<OperationContext, 'scope' | 'now'>): void {
  if (call.service !== 'ecs' || scope.accountId === platformAccountId) return;
  if (!throttle.take(call.operation, scope, now)) throw new ApiError('ThrottlingException', 'Rate exceeded');
}

function notImplemented(call: ApiCall): ApiError {
  return new ApiError(
    'NotImplementedException',
    `${call.service}:${call.operation} is an operation of AWS that this version of Roadstead does not have yet.`,
    { status: 501 },
  );
}
