import { beforeEach, describe, expect, it } from 'vitest';
import { type CodeDeployWorld, codeDeployWorld, mainGroup } from '../../../test/support/code-deploy-world.ts';

let world: CodeDeployWorld;

beforeEach(async () => {
  world = await codeDeployWorld();
});

const deploy: CodeDeployWorld['deploy'] = (operation, input, as) => world.deploy(operation, input, as);
const refusal: CodeDeployWorld['refusal'] = (operation, input, as) => world.refusal(operation, input, as);

describe('deployment configurations', () => {
  const config = (trafficRoutingConfig: object, more: object = {}): object => ({
    deploymentConfigName: 'own',
    computePlatform: 'ECS',
    trafficRoutingConfig,
    ...more,
  });
  const linear = { type: 'TimeBasedLinear', timeBasedLinear: { linearPercentage: 20, linearInterval: 2 } };

  it('are AWS’s own, and those that were made', async () => {
    await deploy('CreateDeploymentConfig', config(linear));
    expect((await deploy('ListDeploymentConfigs')).deploymentConfigsList).toEqual([
      'CodeDeployDefault.ECSAllAtOnce',
      'CodeDeployDefault.ECSLinear10PercentEvery1Minutes',
      'CodeDeployDefault.ECSLinear10PercentEvery3Minutes',
      'CodeDeployDefault.ECSCanary10Percent5Minutes',
      'CodeDeployDefault.ECSCanary10Percent15Minutes',
      'own',
    ]);
    const own = await deploy('GetDeploymentConfig', { deploymentConfigName: 'own' });
    expect(own.deploymentConfigInfo).toMatchObject({ computePlatform: 'ECS', trafficRoutingConfig: linear });
    const canary = await deploy('GetDeploymentConfig', {
      deploymentConfigName: 'CodeDeployDefault.ECSCanary10Percent15Minutes',
    });
    expect(canary.deploymentConfigInfo.trafficRoutingConfig).toEqual({
      type: 'TimeBasedCanary',
      timeBasedCanary: { canaryPercentage: 10, canaryInterval: 15 },
    });
  });

  it('stay while a group uses them', async () => {
    await deploy('CreateDeploymentConfig', config(linear));
    await deploy('CreateDeploymentGroup', world.groupInput({ deploymentConfigName: 'own' }));
    const own = { deploymentConfigName: 'own' };
    expect(await refusal('DeleteDeploymentConfig', own)).toContain('DeploymentConfigInUseException');
    await deploy('DeleteDeploymentGroup', mainGroup);
    await deploy('DeleteDeploymentConfig', own);
    expect(await refusal('GetDeploymentConfig', own)).toContain('DeploymentConfigDoesNotExistException');
    const predefined = { deploymentConfigName: 'CodeDeployDefault.ECSAllAtOnce' };
    expect(await refusal('DeleteDeploymentConfig', predefined)).toContain('InvalidOperationException');
  });

  it.each([
    [config(linear, { computePlatform: 'Server' }), 'InvalidComputePlatformException'],
    [config(linear, { minimumHealthyHosts: { type: 'HOST_COUNT', value: 1 } }), 'InvalidMinimumHealthyHostValue'],
    [config(linear, { deploymentConfigName: 'CodeDeployDefault.Own' }), 'InvalidDeploymentConfigNameException'],
    [config({ type: 'TimeBasedCanary' }), 'needs a percentage from 1 to 99'],
    [config({ ...linear, type: 'TimeBasedCanary' }), 'does not take the configuration of the other type'],
    [config({ ...linear, type: 'AllAtOnce' }), 'AllAtOnce takes neither'],
    [
      config({ type: 'TimeBasedLinear', timeBasedLinear: { linearPercentage: 1, linearInterval: 60 } }),
      'within 2880 minutes',
    ],
    [
      config({ type: 'TimeBasedCanary', timeBasedCanary: { canaryPercentage: 10, canaryInterval: 0 } }),
      'at least one minute',
    ],
  ])('are refused: %j', async (input, message) => {
    expect(await refusal('CreateDeploymentConfig', input)).toContain(message);
  });
});
