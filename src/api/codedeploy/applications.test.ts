import { beforeEach, describe, expect, it } from 'vitest';
import { accountB } from '../../../test/support/api-harness.ts';
import { deployApp as app, type CodeDeployWorld, codeDeployWorld } from '../../../test/support/code-deploy-world.ts';

let world: CodeDeployWorld;

beforeEach(async () => {
  world = await codeDeployWorld();
});

const deploy: CodeDeployWorld['deploy'] = (operation, input, as) => world.deploy(operation, input, as);
const refusal: CodeDeployWorld['refusal'] = (operation, input, as) => world.refusal(operation, input, as);

describe('applications', () => {
  it('are made, listed, renamed and deleted', async () => {
    const { application } = await deploy('GetApplication', app);
    expect(application).toMatchObject({ applicationName: 'web', computePlatform: 'ECS', linkedToGitHub: false });
    expect(typeof application.createTime).toBe('number');
    await deploy('UpdateApplication', { ...app, newApplicationName: 'shop' });
    expect(await deploy('ListApplications')).toEqual({ applications: ['shop'] });
    const { applicationsInfo } = await deploy('BatchGetApplications', { applicationNames: ['shop'] });
    expect(applicationsInfo).toEqual([{ ...application, applicationName: 'shop' }]);
    await deploy('DeleteApplication', { applicationName: 'shop' });
    await deploy('DeleteApplication', { applicationName: 'shop' });
    expect(await deploy('ListApplications')).toEqual({ applications: [] });
  });

  it('are of their account', async () => {
    const as = { accountId: accountB };
    expect(await refusal('GetApplication', app, as)).toBe(
      'ApplicationDoesNotExistException: No application found for name: web',
    );
  });

  it('go with their groups', async () => {
    await deploy('CreateDeploymentGroup', world.groupInput());
    await deploy('DeleteApplication', app);
    expect(world.harness.store.view.codeDeployGroups.size).toBe(0);
  });

  it.each([
    ['CreateApplication', { ...app, computePlatform: 'ECS' }, 'ApplicationAlreadyExistsException'],
    ['CreateApplication', { applicationName: 'x' }, 'InvalidComputePlatformException: Only the compute platform ECS'],
    ['CreateApplication', { applicationName: 'x', computePlatform: 'Lambda' }, 'InvalidComputePlatformException'],
    ['UpdateApplication', { applicationName: 'x', newApplicationName: 'y' }, 'ApplicationDoesNotExistException'],
    ['BatchGetApplications', { applicationNames: ['web', 'x'] }, 'ApplicationDoesNotExistException'],
    [
      'CreateApplication',
      { applicationName: 'x', computePlatform: 'ECS', tags: [{ Key: 'aws:x' }] },
      'InvalidTagsToAddException',
    ],
  ])('%s refuses %j', async (operation, input, message) => {
    expect(await refusal(operation, input)).toContain(message);
  });

  it('have tags, as groups have', async () => {
    await deploy('CreateDeploymentGroup', world.groupInput({ tags: [{ Key: 'env', Value: 'test' }] }));
    const prefix = 'arn:aws:codedeploy:eu-west-1:111111111111';
    for (const [ResourceArn, first] of [
      [`${prefix}:application:web`, { Key: 'team', Value: 'a' }],
      [`${prefix}:deploymentgroup:web/main`, { Key: 'env', Value: 'test' }],
    ]) {
      await deploy('TagResource', { ResourceArn, Tags: [{ Key: 'more', Value: '1' }] });
      expect(await deploy('ListTagsForResource', { ResourceArn })).toEqual({
        Tags: [first, { Key: 'more', Value: '1' }],
      });
      await deploy('UntagResource', { ResourceArn, TagKeys: ['more', 'none'] });
      expect(await deploy('ListTagsForResource', { ResourceArn })).toEqual({ Tags: [first] });
    }
    expect(await refusal('ListTagsForResource', { ResourceArn: 'arn:aws:s3:::x' })).toContain('InvalidArnException');
  });
});
