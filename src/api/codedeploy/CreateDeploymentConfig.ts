import type * as CodeDeploy from '@aws-sdk/client-codedeploy';
import { type CodeDeployRouting, codeDeployArn, predefinedCodeDeployConfigs, scopeKey } from '#model';
import { ApiError, type InputOf } from '#wire/aws';
import { operation } from '../operation.ts';
import { invalidRouting, onlyEcs } from './errors.ts';
import { limits } from './limits.ts';
import { codedeploy } from './service.ts';

type Input = InputOf<typeof CodeDeploy, 'CreateDeploymentConfig'>;

/** CreateDeploymentConfig: how traffic is to move. */
export const CreateDeploymentConfig = operation(codedeploy, 'CreateDeploymentConfig', {
  authorize: ({ deploymentConfigName }, ctx) => ({
    action: 'codedeploy:CreateDeploymentConfig',
    resource: codeDeployArn(ctx.scope, 'deploymentconfig', deploymentConfigName),
  }),
  command: (input, ctx) => {
    if (input.computePlatform !== 'ECS') throw onlyEcs();
    if (input.minimumHealthyHosts !== undefined) {
      const message = 'minimumHealthyHosts does not apply to the compute platform ECS.';
      throw new ApiError('InvalidMinimumHealthyHostValueException', message);
    }
    if (input.zonalConfig !== undefined) {
      const message = 'zonalConfig does not apply to the compute platform ECS.';
      throw new ApiError('InvalidZonalDeploymentConfigurationException', message);
    }
    const { deploymentConfigName } = input;
    if (deploymentConfigName.startsWith('CodeDeployDefault.')) {
      const message = 'Names that start with CodeDeployDefault. are reserved.';
      throw new ApiError('InvalidDeploymentConfigNameException', message);
    }
    return {
      ...ctx.scope,
      deploymentConfigId: ctx.ids.uuid(),
      deploymentConfigName,
      routing: routingFrom(input.trafficRoutingConfig),
      createdAt: ctx.now,
    };
  },
  apply: (tx, config, ctx) => {
    const { deploymentConfigName: name } = config;
    if (predefinedCodeDeployConfigs.has(name) || tx.codeDeployConfigs.has(`${scopeKey(ctx.scope)}/${name}`)) {
      throw new ApiError('DeploymentConfigAlreadyExistsException', `Deployment config name ${name} already exists`);
    }
    if (tx.codeDeployConfigs.count('scope', scopeKey(ctx.scope)) >= limits.configsPerRegion) {
      const message = `There can be no more than ${limits.configsPerRegion} deployment configurations.`;
      throw new ApiError('DeploymentConfigLimitExceededException', message);
    }
    tx.codeDeployConfigs.put(config);
    return config.deploymentConfigId;
  },
  output: (deploymentConfigId) => ({ deploymentConfigId }),
});

function routingFrom(given: Input['trafficRoutingConfig']): CodeDeployRouting {
  if (given?.type === undefined)
    throw invalidRouting('The compute platform ECS needs a trafficRoutingConfig with a type.');
  const { type, timeBasedCanary, timeBasedLinear } = given;
  if (type === 'AllAtOnce') {
    if (timeBasedCanary === undefined && timeBasedLinear === undefined) return { type };
    throw invalidRouting('AllAtOnce takes neither timeBasedCanary nor timeBasedLinear.');
  }
  const other = type === 'TimeBasedCanary' ? timeBasedLinear : timeBasedCanary;
  if (other !== undefined) throw invalidRouting(`${type} does not take the configuration of the other type.`);
  const percentage = type === 'TimeBasedCanary' ? timeBasedCanary?.canaryPercentage : timeBasedLinear?.linearPercentage;
  const intervalMinutes =
    type === 'TimeBasedCanary' ? timeBasedCanary?.canaryInterval : timeBasedLinear?.linearInterval;
  if (percentage === undefined || !Number.isInteger(percentage) || percentage < 1 || percentage > 99) {
    throw invalidRouting(`${type} needs a percentage from 1 to 99.`);
  }
  if (intervalMinutes === undefined || !Number.isInteger(intervalMinutes) || intervalMinutes < 1) {
    throw invalidRouting(`${type} needs an interval of at least one minute.`);
  }
  const waits = type === 'TimeBasedCanary' ? 1 : Math.ceil(100 / percentage) - 1;
  if (waits * intervalMinutes > limits.routingMinutes) {
    throw invalidRouting(`Traffic must be shifted within ${limits.routingMinutes} minutes.`);
  }
  return { type, percentage, intervalMinutes };
}
