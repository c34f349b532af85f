import { afterMs, type Clock, earliest, type Instant } from '#base';
import {
  type ConnectCertificate,
  discoveryServiceArn,
  type RevisionConnect,
  revisionArnOf,
  type Service,
  shortId,
} from '#model';
import type { RoadsteadStore, RoadsteadView } from '#store';
import type { Controller, RecordChange } from '../controller.ts';
import { certificateRenewalMs } from './limits.ts';

/** Makes the certificates of endpoints. */
export interface EndpointCertificates {
  /** A new key and certificate for a name; the key is sealed. PEM. */
  issue(
    serverName: string,
    now: Instant,
  ): Promise<Pick<ConnectCertificate, 'certificate' | 'chain' | 'sealedPrivateKey'>>;
}

export interface EndpointsControllerDeps {
  readonly store: RoadsteadStore;
  readonly clock: Clock;
  readonly certificates: EndpointCertificates;
}

/**
 * Keeps what services have of Service Connect in Cloud Map as their deployments say: endpoints that no deployment has any
 * longer are removed once nobody is registered, and those with TLS have a certificate that is not old. Keys are service ARNs.
 */
export class EndpointsController implements Controller {
  readonly name = 'endpoints';
  readonly lanes = 8;
  readonly #deps: EndpointsControllerDeps;

  constructor(deps: EndpointsControllerDeps) {
    this.#deps = deps;
  }

  *keysOf(change: RecordChange): Iterable<string> {
    if (change.table === 'services') {
      const { before, after } = change;
      const connects = [before, after].some((each) => each?.serviceConnectConfiguration !== undefined);
      if (connects && (before?.deployments !== after?.deployments || before?.status !== after?.status))
        yield change.key;
    } else if (change.table === 'discoveryInstances' && change.after === undefined) {
      const service = this.#deps.store.view.discoveryServices.find(change.before?.serviceId ?? '');
      if (service?.ecsServiceArn !== undefined) yield service.ecsServiceArn;
    }
  }

  *allKeys(view: RoadsteadView): Iterable<string> {
    yield* view.discoveryServices.values('ecsService');
  }

  async reconcile(key: string): Promise<Instant | undefined> {
    const { store, clock, certificates } = this.#deps;
    await store.update('registries', (tx) => {
      const { endpoints, certificateArns } = wantedOf(tx, key);
      for (const record of tx.discoveryServices.by('ecsService', key)) {
        if (endpoints.has(discoveryServiceArn(record, record.serviceId))) continue;
        if (tx.discoveryInstances.count('service', record.serviceId) === 0) {
          tx.discoveryServices.delete(record.serviceId);
        }
      }
      for (const { certificateArn } of tx.connectCertificates.by('service', key)) {
        if (!certificateArns.has(certificateArn)) tx.connectCertificates.delete(certificateArn);
      }
    });
    let wakeAt: Instant | undefined;
    for (const [certificateArn, serverName] of wantedOf(store.view, key).certificateArns) {
      const known = store.view.connectCertificates.find(certificateArn);
      const due = known === undefined ? clock.now() : afterMs(known.issuedAt, certificateRenewalMs);
      if (due > clock.now()) {
        wakeAt = earliest(wakeAt, due);
        continue;
      }
      const issuedAt = clock.now();
      const issued = await certificates.issue(serverName, issuedAt);
      await store.update('registries', (tx) => {
        const service = tx.services.find(key);
        if (service === undefined || !wantedOf(tx, key).certificateArns.has(certificateArn)) return;
        const { accountId, region, serviceArn } = service;
        tx.connectCertificates.put({ accountId, region, certificateArn, serviceArn, serverName, ...issued, issuedAt });
      });
      wakeAt = earliest(wakeAt, afterMs(issuedAt, certificateRenewalMs));
    }
    return wakeAt;
  }
}

interface Wanted {
  /** ARNs of Cloud Map's services. */
  readonly endpoints: ReadonlySet<string>;
  /** With the name that each is for. */
  readonly certificateArns: ReadonlyMap<string, string>;
}

/** What the deployments of a service have; a service that is gone has nothing. */
function wantedOf(view: RoadsteadView, key: string): Wanted {
  const endpoints = new Set<string>();
  const certificateArns = new Map<string, string>();
  const service = view.services.find(key);
  for (const connect of service === undefined || service.status === 'INACTIVE' ? [] : connectsOf(view, service)) {
    const namespace = view.discoveryNamespaces.find(shortId(connect.namespaceArn));
    for (const { discoveryArn, discoveryName, certificateArn } of connect.endpoints) {
      endpoints.add(discoveryArn);
      if (certificateArn !== undefined)
        certificateArns.set(certificateArn, `${discoveryName}.${namespace?.name ?? ''}`);
    }
  }
  return { endpoints, certificateArns };
}

function connectsOf(view: RoadsteadView, { serviceArn, deployments }: Service): readonly RevisionConnect[] {
  return deployments.flatMap(
    (deployment) => view.serviceRevisions.find(revisionArnOf(serviceArn, deployment))?.connect ?? [],
  );
}
