import { beforeEach, describe, expect, it } from 'vitest';
import {
  deployApp as app,
  type CodeDeployWorld,
  codeDeployWorld,
  mainGroup,
} from '../../../test/support/code-deploy-world.ts';

let world: CodeDeployWorld;

beforeEach(async () => {
  world = await codeDeployWorld();
});

const deploy: CodeDeployWorld['deploy'] = (operation, input, as) => world.deploy(operation, input, as);
const refusal: CodeDeployWorld['refusal'] = (operation, input, as) => world.refusal(operation, input, as);

describe('deployment groups', () => {
  it('say what they were made with', async () => {
    const given = {
      deploymentConfigName: 'CodeDeployDefault.ECSCanary10Percent5Minutes',
      alarmConfiguration: { enabled: true, ignorePollAlarmFailure: true, alarms: [{ name: 'errors' }] },
      autoRollbackConfiguration: { enabled: true, events: ['DEPLOYMENT_FAILURE'] },
      blueGreenDeploymentConfiguration: {
        terminateBlueInstancesOnDeploymentSuccess: { action: 'TERMINATE', terminationWaitTimeInMinutes: 5 },
        deploymentReadyOption: { actionOnTimeout: 'STOP_DEPLOYMENT', waitTimeInMinutes: 7 },
      },
      loadBalancerInfo: world.pair({ testTrafficRoute: { listenerArns: [world.listener8080.ListenerArn] } }),
      // As Terraform's provider sends them.
      ec2TagSet: { ec2TagSetList: [] },
      triggerConfigurations: [],
      outdatedInstancesStrategy: 'UPDATE',
    };
    const { deploymentGroupId } = await deploy('CreateDeploymentGroup', world.groupInput(given));
    const { deploymentGroupInfo } = await deploy('GetDeploymentGroup', mainGroup);
    const { ec2TagSet: _, ...shown } = given;
    expect(deploymentGroupInfo).toMatchObject({
      ...shown,
      deploymentGroupId,
      applicationName: 'web',
      deploymentGroupName: 'main',
      serviceRoleArn: 'arn:aws:iam::111111111111:role/deploy',
      computePlatform: 'ECS',
      ecsServices: [{ clusterName: 'default', serviceName: 'web' }],
    });
    expect(await deploy('ListDeploymentGroups', app)).toEqual({ applicationName: 'web', deploymentGroups: ['main'] });
    const batch = await deploy('BatchGetDeploymentGroups', { ...app, deploymentGroupNames: ['main', 'none'] });
    expect(batch.deploymentGroupsInfo).toEqual([deploymentGroupInfo]);
    expect(batch.errorMessage).toContain('none');
  });

  it('change what is mainGroup and nothing else', async () => {
    await deploy('CreateDeploymentGroup', world.groupInput());
    const current = { ...app, currentDeploymentGroupName: 'main' };
    const ready = { deploymentReadyOption: { actionOnTimeout: 'STOP_DEPLOYMENT', waitTimeInMinutes: 7 } };
    await deploy('UpdateDeploymentGroup', { ...current, blueGreenDeploymentConfiguration: ready });
    const config = 'CodeDeployDefault.ECSLinear10PercentEvery3Minutes';
    await deploy('UpdateDeploymentGroup', {
      ...current,
      deploymentConfigName: config,
      newDeploymentGroupName: 'next',
    });
    const { deploymentGroupInfo } = await deploy('GetDeploymentGroup', { ...app, deploymentGroupName: 'next' });
    expect(deploymentGroupInfo).toMatchObject({
      deploymentConfigName: config,
      blueGreenDeploymentConfiguration: ready,
      loadBalancerInfo: world.pair(),
    });
    const renamed = { ...app, currentDeploymentGroupName: 'next' };
    await deploy('UpdateDeploymentGroup', { ...renamed, blueGreenDeploymentConfiguration: {} });
    const after = (await deploy('GetDeploymentGroup', { ...app, deploymentGroupName: 'next' })).deploymentGroupInfo;
    expect(after.blueGreenDeploymentConfiguration.deploymentReadyOption).toEqual({
      actionOnTimeout: 'CONTINUE_DEPLOYMENT',
      waitTimeInMinutes: 0,
    });
    await deploy('DeleteDeploymentGroup', { ...app, deploymentGroupName: 'next' });
    expect(await refusal('GetDeploymentGroup', { ...app, deploymentGroupName: 'next' })).toBe(
      'DeploymentGroupDoesNotExistException: No Deployment Group found for name: next',
    );
  });

  it('are one of a name, and one of a service', async () => {
    await deploy('CreateDeploymentGroup', world.groupInput());
    expect(await refusal('CreateDeploymentGroup', world.groupInput())).toContain(
      'DeploymentGroupAlreadyExistsException',
    );
    expect(await refusal('CreateDeploymentGroup', world.groupInput({ deploymentGroupName: 'two' }))).toContain(
      'ECSServiceMappingLimitExceededException',
    );
    const second = world.groupInput({ deploymentGroupName: 'two', ecsServices: [{ serviceName: 'second' }] });
    await deploy('CreateDeploymentGroup', second);
  });

  it.each([
    [{ applicationName: 'none' }, 'ApplicationDoesNotExistException: No application found for name: none'],
    [{ deploymentConfigName: 'none' }, 'No Deployment Configuration found for name: none'],
    [{ serviceRoleArn: 'deploy' }, 'InvalidRoleException'],
    [{ ecsServices: [] }, 'InvalidECSServiceException'],
    [{ ecsServices: [{ serviceName: 'none' }] }, 'InvalidECSServiceException'],
    [
      { ecsServices: [{ serviceName: 'rolling' }] },
      "Deployment group's ECS service must be configured for a CODE_DEPLOY deployment controller.",
    ],
    [{ deploymentStyle: { deploymentType: 'IN_PLACE' } }, 'InvalidDeploymentStyleException'],
    [{ loadBalancerInfo: {} }, 'InvalidLoadBalancerInfoException'],
    [{ loadBalancerInfo: { elbInfoList: [{ name: 'x' }] } }, 'InvalidLoadBalancerInfoException'],
    [{ autoScalingGroups: ['x'] }, 'InvalidInputException: autoScalingGroups does not apply'],
    [{ triggerConfigurations: [{ triggerName: 'x' }] }, 'InvalidTriggerConfigException'],
    [{ alarmConfiguration: { enabled: true } }, 'InvalidAlarmConfigException'],
    [{ autoRollbackConfiguration: { enabled: true } }, 'InvalidAutoRollbackConfigException'],
    [
      {
        blueGreenDeploymentConfiguration: {
          deploymentReadyOption: { actionOnTimeout: 'CONTINUE_DEPLOYMENT', waitTimeInMinutes: 5 },
        },
      },
      "Deployment ready action cannot be set to 'CONTINUE_DEPLOYMENT' when timeout is specified",
    ],
    [
      {
        blueGreenDeploymentConfiguration: { terminateBlueInstancesOnDeploymentSuccess: { action: 'KEEP_ALIVE' } },
      },
      'InvalidBlueGreenDeploymentConfigurationException',
    ],
    [
      {
        blueGreenDeploymentConfiguration: {
          terminateBlueInstancesOnDeploymentSuccess: { action: 'TERMINATE', terminationWaitTimeInMinutes: 2881 },
        },
      },
      'from 0 to 2880',
    ],
  ])('refuse %j', async (change, message) => {
    expect(await refusal('CreateDeploymentGroup', world.groupInput(change))).toContain(message);
    expect(world.harness.store.view.codeDeployGroups.size).toBe(0);
  });

  it.each([
    [{ targetGroups: [{ name: 'blue' }] }, 'exactly two target groups'],
    [{ targetGroups: [{ name: 'blue' }, { name: 'none' }] }, 'The target group none does not exist.'],
    [{ prodTrafficRoute: { listenerArns: [] } }, 'exactly one listener'],
    [{ prodTrafficRoute: { listenerArns: ['arn'] } }, 'The listener arn does not exist.'],
  ])('refuse the pair %j', async (change, message) => {
    const refused = await refusal('CreateDeploymentGroup', world.groupInput({ loadBalancerInfo: world.pair(change) }));
    expect(refused).toContain(`InvalidTargetGroupPairException: `);
    expect(refused).toContain(message);
  });

  it('take production and test listeners that are two', async () => {
    const route = { testTrafficRoute: { listenerArns: [world.listener80.ListenerArn] } };
    expect(await refusal('CreateDeploymentGroup', world.groupInput({ loadBalancerInfo: world.pair(route) }))).toContain(
      'must name different listeners',
    );
  });

  it('shift all at once behind a Network Load Balancer', async () => {
    const balancer = await world.balancer({ Name: 'net', Type: 'network' });
    const tcp = await world.group('tcp', { Protocol: 'TCP' });
    const net = await world.listener(balancer, tcp, { Protocol: 'TCP' });
    const loadBalancerInfo = world.pair({ prodTrafficRoute: { listenerArns: [net.ListenerArn] } });
    const config = { deploymentConfigName: 'CodeDeployDefault.ECSCanary10Percent5Minutes' };
    expect(await refusal('CreateDeploymentGroup', world.groupInput({ loadBalancerInfo, ...config }))).toContain(
      'InvalidTrafficRoutingConfigurationException',
    );
    await deploy('CreateDeploymentGroup', world.groupInput({ loadBalancerInfo }));
  });
});
