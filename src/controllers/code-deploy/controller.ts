import { type Clock, Ids, type Instant, type Random } from '#base';
import { isCodeDeployOver, type ListenerRule } from '#model';
import type { RoadsteadStore, RoadsteadView } from '#store';
import type { Controller, RecordChange } from '../controller.ts';
import { decideDeployment } from './decide.ts';
import type { DeploymentContext } from './decision.ts';
import { deploymentView } from './view.ts';

/** Whoever tells hosts of listeners' rules. */
export interface RulesHeard {
  /**
   * Whether the hosts that carry the rules' load balancers have heard of them as they are now. Who asks waits for one
   * state of the rules at a time. Read inside a transaction: from memory, at once.
   */
  heard(asker: string, rules: readonly ListenerRule[]): boolean;
}

export interface CodeDeployControllerDeps {
  readonly store: RoadsteadStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly alarms: { find: DeploymentContext['alarm'] };
  readonly rules: RulesHeard;
}

/** Carries out deployments of CodeDeploy. Keys are deployment ids. */
export class CodeDeployController implements Controller {
  readonly name = 'code-deploy';
  readonly lanes = 16;
  readonly #deps: CodeDeployControllerDeps;
  readonly #ids: Ids;

  constructor(deps: CodeDeployControllerDeps) {
    this.#deps = deps;
    this.#ids = new Ids(deps.random);
  }

  *keysOf(change: RecordChange): Iterable<string> {
    if (change.table === 'codeDeployDeployments') {
      if (change.after !== undefined && !isCodeDeployOver(change.after)) yield change.key;
    } else if (change.table === 'taskSets' || change.table === 'services') {
      const serviceArn = change.after?.serviceArn ?? change.before?.serviceArn ?? '';
      for (const each of this.#deps.store.view.codeDeployDeployments.by('openService', serviceArn)) {
        yield each.deploymentId;
      }
    }
  }

  *allKeys(view: RoadsteadView): Iterable<string> {
    for (const group of view.codeDeployDeployments.values('openGroup')) {
      for (const each of view.codeDeployDeployments.by('openGroup', group)) yield each.deploymentId;
    }
  }

  async reconcile(key: string): Promise<Instant | undefined> {
    const { store, clock, alarms, rules } = this.#deps;
    return await store.update('codeDeploy', (tx) => {
      const deployment = tx.codeDeployDeployments.find(key);
      if (deployment === undefined || isCodeDeployOver(deployment)) return undefined;
      const decided = decideDeployment(deploymentView(tx, deployment), {
        now: clock.now(),
        ids: this.#ids,
        heard: (wanted) => rules.heard(deployment.deploymentGroupId, wanted),
        alarm: (scope, name) => alarms.find(scope, name),
      });
      if (decided.deployment !== deployment) tx.codeDeployDeployments.put(decided.deployment);
      if (decided.rollback !== undefined) tx.codeDeployDeployments.put(decided.rollback);
      for (const rule of decided.rules ?? []) tx.listenerRules.put(rule);
      for (const taskSet of decided.taskSets ?? []) tx.taskSets.put(taskSet);
      if (decided.service !== undefined) tx.services.put(decided.service);
      return decided.wakeAt;
    });
  }
}
