import { beforeEach, describe, expect, it } from 'vitest';
import { accountB } from '../../../test/support/api-harness.ts';
import {
  deployApp as app,
  type CodeDeployWorld,
  codeDeployWorld,
  appSpecContent as content,
  mainGroup,
  appSpecRevision as revision,
} from '../../../test/support/code-deploy-world.ts';

let world: CodeDeployWorld;

beforeEach(async () => {
  world = await codeDeployWorld();
});

const deploy: CodeDeployWorld['deploy'] = (operation, input, as) => world.deploy(operation, input, as);
const refusal: CodeDeployWorld['refusal'] = (operation, input, as) => world.refusal(operation, input, as);

describe('deployments', () => {
  beforeEach(() => deploy('CreateDeploymentGroup', world.groupInput()));

  it('are told of before anything happened', async () => {
    const { deploymentId } = await deploy('CreateDeployment', { ...mainGroup, revision, description: 'first' });
    expect(deploymentId).toMatch(/^d-[A-Z0-9]{9}$/);
    const { deploymentInfo } = await deploy('GetDeployment', { deploymentId });
    expect(deploymentInfo).toMatchObject({
      ...mainGroup,
      status: 'Created',
      creator: 'user',
      description: 'first',
      computePlatform: 'ECS',
      deploymentConfigName: 'CodeDeployDefault.ECSAllAtOnce',
      revision,
      deploymentOverview: { Pending: 1, Succeeded: 0 },
    });
    expect(await deploy('BatchGetDeployments', { deploymentIds: [deploymentId] })).toEqual({
      deploymentsInfo: [deploymentInfo],
    });
    expect(await deploy('ListDeployments', mainGroup)).toEqual({ deployments: [deploymentId] });
    expect(await deploy('ListDeployments', { includeOnlyStatuses: ['Succeeded'] })).toEqual({ deployments: [] });
    expect(await deploy('ListDeploymentTargets', { deploymentId })).toEqual({ targetIds: ['default:web'] });
    const { deploymentTargets } = await deploy('BatchGetDeploymentTargets', {
      deploymentId,
      targetIds: ['default:web'],
    });
    expect(deploymentTargets[0]).toMatchObject({
      deploymentTargetType: 'ECSTarget',
      ecsTarget: { targetId: 'default:web', status: 'Pending', taskSetsInfo: [] },
    });
    expect(await refusal('GetDeploymentTarget', { deploymentId, targetId: 'default:x' })).toContain(
      'DeploymentTargetDoesNotExistException',
    );
    expect(await refusal('CreateDeployment', { ...mainGroup, revision })).toBe(
      `DeploymentLimitExceededException: The Deployment Group 'main' already has an active Deployment '${deploymentId}'`,
    );
    expect(await refusal('ContinueDeployment', { deploymentId })).toContain('DeploymentIsNotInReadyStateException');
    const hook = { deploymentId, lifecycleEventHookExecutionId: 'x', status: 'Succeeded' };
    expect(await refusal('PutLifecycleEventHookExecutionStatus', hook)).toContain(
      'InvalidLifecycleEventHookExecutionIdException',
    );
    expect(await refusal('GetDeployment', { deploymentId }, { accountId: accountB })).toContain(
      'DeploymentDoesNotExistException',
    );
  });

  it('make their revision known', async () => {
    await deploy('RegisterApplicationRevision', { ...app, revision, description: 'seen' });
    await deploy('CreateDeployment', { ...mainGroup, revision });
    const { revisions } = await deploy('ListApplicationRevisions', app);
    expect(revisions).toHaveLength(1);
    const { sha256 } = revisions[0].appSpecContent;
    const byHash = { revisionType: 'AppSpecContent', appSpecContent: { sha256 } };
    const found = await deploy('GetApplicationRevision', { ...app, revision: byHash });
    expect(found).toMatchObject({ revision, revisionInfo: { description: 'seen', deploymentGroups: [] } });
    expect(typeof found.revisionInfo.lastUsedTime).toBe('number');
    const batch = await deploy('BatchGetApplicationRevisions', { ...app, revisions: [revision] });
    expect(batch.revisions[0].genericRevisionInfo).toEqual(found.revisionInfo);
    const none = { revisionType: 'String', string: { content: `${content} ` } };
    expect(await refusal('GetApplicationRevision', { ...app, revision: none })).toContain('RevisionDoesNotExist');
  });

  it.each([
    [{ deploymentGroupName: undefined }, 'DeploymentGroupNameRequiredException'],
    [{ deploymentGroupName: 'none' }, 'No Deployment Group found for name: none'],
    [{ revision: undefined }, 'RevisionRequiredException'],
    [{ deploymentConfigName: 'none' }, 'DeploymentConfigDoesNotExistException'],
    [
      { revision: { revisionType: 'S3', s3Location: { bucket: 'b', key: 'k', bundleType: 'YAML' } } },
      'InvalidRevisionException: Revisions of the type S3 are not part of this version',
    ],
    [{ revision: { revisionType: 'AppSpecContent' } }, 'needs the content of an AppSpec'],
    [
      { revision: { revisionType: 'AppSpecContent', appSpecContent: { content, sha256: 'ff' } } },
      'does not have the SHA-256 ff',
    ],
    [{ targetInstances: { autoScalingGroups: ['x'] } }, 'targetInstances does not apply'],
  ])('refuse %j', async (change, message) => {
    expect(await refusal('CreateDeployment', { ...mainGroup, revision, ...change })).toContain(message);
    expect(world.harness.store.view.codeDeployDeployments.size).toBe(0);
  });

  it('are not there when they are not', async () => {
    for (const operation of ['GetDeployment', 'StopDeployment', 'ContinueDeployment', 'ListDeploymentTargets']) {
      expect(await refusal(operation, { deploymentId: 'd-NONE' })).toBe(
        'DeploymentDoesNotExistException: The deployment d-NONE could not be found',
      );
    }
  });
});
