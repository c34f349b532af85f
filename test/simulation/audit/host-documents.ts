import type { RoadsteadView } from '#store';
import { capabilityOf, familiesOfKind } from '#wire/link';
import { hostStateCompilers } from '../../../src/dispatch/host-state/compilers.ts';
import { Documents, documentAddress } from '../../../src/dispatch/host-state/documents.ts';
import type { Host } from '../world/host.ts';

/**
 * Where a connected host is not what the records say, and why: the documents are made anew from all records, and compared
 * with what became of those that were sent, change by change, since its agent first connected.
 */
export function otherwiseThanRecorded(
  view: RoadsteadView,
  hosts: readonly Host[],
): { readonly host: string; readonly why: string }[] {
  const wrong: { readonly host: string; readonly why: string }[] = [];
  const documents = new Documents({ changed: () => {}, moved: () => {} });
  for (const compiler of hostStateCompilers) {
    for (const id of compiler.all(view)) documents.put(compiler.kind, id, compiler.compile(view, id));
  }
  for (const { plan, agent, documents: had } of hosts) {
    const arn = agent.containerInstanceArn;
    if (arn === undefined || had === undefined || !agent.connected) continue;
    const keys = [...documents.keysFor(arn)];
    for (const family of had.families) {
      const are = had.host.get(family) ?? new Map<string, string>();
      const shall = new Set(keys.filter((key) => familiesOfKind[documentAddress(key).kind].includes(family)));
      const name = capabilityOf(family);
      for (const key of shall) {
        if (are.get(key) === documents.textFor(arn, key)) continue;
        wrong.push({ host: arn, why: `${plan.id} ${are.has(key) ? 'has an old' : 'has no'} ${key} (${name})` });
      }
      for (const key of are.keys()) {
        if (!shall.has(key as (typeof keys)[number]))
          wrong.push({ host: arn, why: `${plan.id} keeps ${key} (${name})` });
      }
    }
  }
  return wrong;
}
