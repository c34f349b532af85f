import type { CodeDeployApplication, CodeDeployGroup, Scope, Tag } from '#model';
import type { RoadsteadTx, RoadsteadView } from '#store';
import { ApiError } from '#wire/aws';
import { findApplication, findGroup } from './find.ts';

/** What has tags, as one of its two kinds. */
type Tagged =
  | { readonly kind: 'application'; readonly record: CodeDeployApplication }
  | { readonly kind: 'group'; readonly record: CodeDeployGroup };

/** InvalidArnException for what is no ARN of the caller's applications and groups. */
export function getTagged(view: RoadsteadView, scope: Scope, arn: string): Tagged {
  const parts = /^arn:aws:codedeploy:([^:]*):([^:]*):(application|deploymentgroup):(.+)$/.exec(arn);
  const [, region, accountId, type, name = ''] = parts ?? [];
  if (parts === null || region !== scope.region || accountId !== scope.accountId) {
    throw new ApiError('InvalidArnException', `The ARN ${arn} names no application or deployment group of yours here.`);
  }
  if (type === 'application') return { kind: 'application', record: findApplication(view, scope, name) };
  const [application = '', group = ''] = name.split('/');
  return { kind: 'group', record: findGroup(view, findApplication(view, scope, application), group) };
}

export function putTags(tx: RoadsteadTx, tagged: Tagged, tags: readonly Tag[]): void {
  if (tagged.kind === 'application') tx.codeDeployApplications.put({ ...tagged.record, tags });
  else tx.codeDeployGroups.put({ ...tagged.record, tags });
}
