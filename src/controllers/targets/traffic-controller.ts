import { sharesAlike, targetWeights, wantedRules } from '#balancing';
import type { Instant } from '#base';
import type { RoadsteadStore, RoadsteadView } from '#store';
import type { Controller, RecordChange } from '../controller.ts';

export interface TrafficControllerDeps {
  readonly store: RoadsteadStore;
}

/** Gives listener rules the weights that releases want. Keys are service ARNs. */
export class TrafficController implements Controller {
  readonly name = 'traffic';
  readonly lanes = 16;
  readonly #deps: TrafficControllerDeps;

  constructor(deps: TrafficControllerDeps) {
    this.#deps = deps;
  }

  *keysOf(change: RecordChange): Iterable<string> {
    if (change.table === 'serviceDeployments' && change.after?.stage !== undefined) yield change.after.serviceArn;
    if (change.table === 'serviceRevisions' && change.after?.resolvedLoadBalancers !== undefined) {
      yield change.after.serviceArn;
    }
  }

  *allKeys(view: RoadsteadView): Iterable<string> {
    yield* view.serviceDeployments.values('open');
  }

  async reconcile(key: string): Promise<Instant | undefined> {
    await this.#deps.store.update('targets', (tx) => {
      const service = tx.services.find(key);
      if (service?.status !== 'ACTIVE') return;
      for (const record of tx.serviceDeployments.by('open', key)) {
        const { stage } = record;
        if (stage === undefined || !shifts(stage.lifecycleStage)) continue;
        for (const { rule, action } of wantedRules(tx, record.targetServiceRevisionArn, targetWeights(stage))) {
          if (rule === undefined || sharesAlike(rule, action)) continue;
          const sticky = rule.action.type === 'forward' ? rule.action.stickinessSeconds : undefined;
          const after = sticky === undefined ? action : { ...action, stickinessSeconds: sticky };
          tx.listenerRules.put({ ...rule, action: after });
        }
      }
    });
    return undefined;
  }
}

/** Until green has its tasks nobody touches the rules: they are as their owner left them. */
function shifts(stage: string): boolean {
  return stage !== 'PRE_SCALE_UP' && stage !== 'SCALE_UP' && stage !== 'POST_SCALE_UP';
}
