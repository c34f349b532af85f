import { createHash } from 'node:crypto';
import type * as CodeDeploy from '@aws-sdk/client-codedeploy';
import type { CodeDeployApplication, CodeDeployRevision, CodeDeployRevisionText } from '#model';
import type { RoadsteadTx, RoadsteadView } from '#store';
import type { ApiError, InputOf } from '#wire/aws';
import type { OperationContext } from '../operation.ts';
import { invalidRevision, revisionNotFound } from './errors.ts';
import { limits } from './limits.ts';

type RevisionInput = InputOf<typeof CodeDeploy, 'RegisterApplicationRevision'>['revision'];

/** The text of a revision. InvalidRevisionException for what is elsewhere, or has another hash than it says. */
export function revisionFrom(given: RevisionInput | undefined): CodeDeployRevisionText {
  const type = given?.revisionType ?? 'AppSpecContent';
  if (type !== 'AppSpecContent' && type !== 'String') throw elsewhere(type);
  const text = type === 'AppSpecContent' ? given?.appSpecContent : given?.string;
  const { content = '', sha256: said } = text ?? {};
  if (content === '') throw invalidRevision(`A revision of the type ${type} needs the content of an AppSpec.`);
  const sha256 = createHash('sha256').update(content).digest('hex');
  if (said !== undefined && said !== '' && said.toLowerCase() !== sha256) {
    throw invalidRevision(`The content of the revision does not have the SHA-256 ${said}.`);
  }
  return { type, content, sha256 };
}

function elsewhere(type: string): ApiError {
  return invalidRevision(
    `Revisions of the type ${type} are not part of this version of Roadstead, which has no Amazon S3. Give the AppSpec ` +
      'itself: revisionType AppSpecContent with appSpecContent.content.',
  );
}

/** RevisionDoesNotExistException when the application has none of the content, or of the hash. */
export function findRevision(
  view: RoadsteadView,
  { applicationId }: Pick<CodeDeployApplication, 'applicationId'>,
  given: RevisionInput,
): CodeDeployRevision {
  const text = given.revisionType === 'String' ? given.string : given.appSpecContent;
  const sha256 = (text?.content ?? '') === '' ? text?.sha256?.toLowerCase() : revisionFrom(given).sha256;
  const found = view.codeDeployRevisions.find(`${applicationId}/${sha256}`);
  if (found === undefined) throw revisionNotFound();
  return found;
}

/** Remembers the revision; of too many the oldest goes. */
export function putRevision(
  tx: RoadsteadTx,
  { applicationId }: Pick<CodeDeployApplication, 'applicationId'>,
  text: CodeDeployRevisionText,
  { description, used, ctx }: { readonly description?: string; readonly used: boolean; readonly ctx: OperationContext },
): void {
  const known = tx.codeDeployRevisions.find(`${applicationId}/${text.sha256}`);
  if (known === undefined) makeRoom(tx, applicationId);
  const before: CodeDeployRevision = known ?? { ...ctx.scope, ...text, applicationId, registeredAt: ctx.now };
  tx.codeDeployRevisions.put({
    ...before,
    ...(description === undefined ? {} : { description }),
    ...(used ? { firstUsedAt: before.firstUsedAt ?? ctx.now, lastUsedAt: ctx.now } : {}),
  });
}

function makeRoom(tx: RoadsteadTx, applicationId: string): void {
  if (tx.codeDeployRevisions.count('application', applicationId) < limits.revisionsPerApplication) return;
  const [oldest] = [...tx.codeDeployRevisions.by('application', applicationId)];
  if (oldest !== undefined) tx.codeDeployRevisions.delete(`${applicationId}/${oldest.sha256}`);
}
