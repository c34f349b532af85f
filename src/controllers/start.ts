import type { Clock, Logger, Random, Turnstile } from '#base';
import type { AutoScalingGroups } from '#capacity';
import type { PublicAddresses } from '#network';
import type { HostIndex } from '#scheduler';
import type { RoadsteadStore, Totals } from '#store';
import { BalancersController } from './balancers/controller.ts';
import { ScalingController } from './capacity/scaling-controller.ts';
import { type CapacitySettings, defaultCapacitySettings } from './capacity/settings.ts';
import { WaitingController } from './capacity/waiting-controller.ts';
import { CertificatesController, type Reissue } from './certificates/controller.ts';
import { CodeDeployController, type RulesHeard } from './code-deploy/controller.ts';
import { DaemonsController } from './daemons/controller.ts';
import { ExpressCleanupController } from './express/cleanup-controller.ts';
import { ExpressScalingController, type TaskLoads } from './express/scaling-controller.ts';
import { InstancesController } from './instances/controller.ts';
import { defaultInstancesSettings, type InstancesSettings } from './instances/settings.ts';
import { InterfacesController } from './interfaces/controller.ts';
import { ReaperController } from './reaper/controller.ts';
import { defaultReaperSettings, type ReaperSettings } from './reaper/settings.ts';
import { RegistriesController } from './registries/controller.ts';
import { type EndpointCertificates, EndpointsController } from './registries/endpoints-controller.ts';
import { type ControllersRun, runControllers } from './runner.ts';
import type { AlarmStates } from './service/alarms.ts';
import { ServiceController } from './service/controller.ts';
import { defaultServiceSettings, type ServiceSettings } from './service/settings.ts';
import type { TrafficShift } from './service/stages/index.ts';
import { GroupsController } from './targets/groups-controller.ts';
import { RegistrationController } from './targets/registration-controller.ts';
import { TrafficController } from './targets/traffic-controller.ts';

/** What an installation decides for all loops; each part documents its members. */
export interface ControllerSettings extends ServiceSettings, InstancesSettings, CapacitySettings, ReaperSettings {}

export const defaultControllerSettings: ControllerSettings = {
  ...defaultServiceSettings,
  ...defaultInstancesSettings,
  ...defaultCapacitySettings,
  ...defaultReaperSettings,
};

export interface ControllersDeps {
  readonly store: RoadsteadStore;
  /** A projection of the same store. */
  readonly hosts: HostIndex;
  /** Projections of the same store. */
  readonly totals: Pick<Totals, 'services' | 'waiting'>;
  readonly alarms: AlarmStates;
  readonly groups: AutoScalingGroups;
  readonly traffic: TrafficShift;
  readonly rules: RulesHeard;
  /** Of endpoints of Service Connect. */
  readonly endpointCertificates: EndpointCertificates;
  readonly clock: Clock;
  readonly random: Random;
  /** Where addresses of the outside come from. */
  readonly publicAddresses: PublicAddresses;
  /** What tasks use. */
  readonly loads: TaskLoads;
  /** The installation's authority. */
  readonly reissue: Reissue;
  readonly logger: Logger;
  readonly turns: Turnstile;
}

/**
 * Starts every loop of the control plane. Disposing stops them and waits for what is under way; so does aborting the
 * signal, without the waiting.
 */
export function startControllers(
  options: Partial<ControllerSettings>,
  deps: ControllersDeps,
  signal: AbortSignal = new AbortController().signal,
): ControllersRun {
  const settings = { ...defaultControllerSettings, ...options };
  const { store, clock, random, hosts, totals, alarms, groups, traffic } = deps;
  const { waiting } = totals;
  const controllers = [
    new ServiceController(settings, { store, clock, random, hosts, totals, alarms, traffic }),
    new DaemonsController(settings, { store, clock, random, hosts, alarms }),
    new InterfacesController({ store, clock, random, publicAddresses: deps.publicAddresses }),
    new InstancesController(settings, { store, clock }),
    new WaitingController(settings, { store, clock, random, hosts, waiting }),
    new ScalingController({ store, clock, groups, waiting, logger: deps.logger }),
    new RegistriesController({ store, clock, random }),
    new EndpointsController({ store, clock, certificates: deps.endpointCertificates }),
    new BalancersController({ store, random }),
    new GroupsController({ store, clock }),
    new RegistrationController({ store, clock, random }),
    new TrafficController({ store }),
    new CertificatesController({ store, clock, reissue: deps.reissue }),
    new CodeDeployController({ store, clock, random, alarms, rules: deps.rules }),
    new ExpressScalingController({ store, clock, loads: deps.loads, logger: deps.logger }),
    new ExpressCleanupController({ store, clock }),
    new ReaperController(settings, { store, clock }),
  ];
  return runControllers(controllers, deps, signal);
}
