import type * as CodeDeploy from '@aws-sdk/client-codedeploy';
import type { CodeDeployAlarms, CodeDeployAutoRollback, CodeDeployConduct } from '#model';
import { ApiError, type InputOf } from '#wire/aws';
import { invalidAlarms, invalidBlueGreen } from './errors.ts';
import { limits } from './limits.ts';

type GroupInput = InputOf<typeof CodeDeploy, 'CreateDeploymentGroup'>;

/** Waits of a blue/green configuration; what it does not say is done at once. */
export function waitsFrom(
  given: GroupInput['blueGreenDeploymentConfiguration'],
): Pick<CodeDeployConduct, 'readyWaitMinutes' | 'terminationWaitMinutes'> {
  const { terminateBlueInstancesOnDeploymentSuccess: ending, deploymentReadyOption: ready } = given ?? {};
  if (ending?.action === 'KEEP_ALIVE') {
    throw invalidBlueGreen(
      'For a deployment group of Amazon ECS the original task set is always terminated: the action of ' +
        'terminateBlueInstancesOnDeploymentSuccess must be TERMINATE.',
    );
  }
  if (given?.greenFleetProvisioningOption?.action === 'COPY_AUTO_SCALING_GROUP') {
    throw invalidBlueGreen('greenFleetProvisioningOption does not apply to deployment groups of Amazon ECS.');
  }
  const { terminationWaitTimeInMinutes: terminationWaitMinutes = 0 } = ending ?? {};
  requireMinutes('terminationWaitTimeInMinutes', terminationWaitMinutes, limits.terminationWaitMinutes);
  const { actionOnTimeout = 'CONTINUE_DEPLOYMENT', waitTimeInMinutes = 0 } = ready ?? {};
  requireMinutes('waitTimeInMinutes', waitTimeInMinutes, limits.readyWaitMinutes);
  if (actionOnTimeout === 'STOP_DEPLOYMENT') return { terminationWaitMinutes, readyWaitMinutes: waitTimeInMinutes };
  if (waitTimeInMinutes === 0) return { terminationWaitMinutes };
  throw invalidBlueGreen("Deployment ready action cannot be set to 'CONTINUE_DEPLOYMENT' when timeout is specified");
}

function requireMinutes(member: string, minutes: number, most: number): void {
  if (Number.isInteger(minutes) && minutes >= 0 && minutes <= most) return;
  throw invalidBlueGreen(`${member} must be a whole number of minutes from 0 to ${most}.`);
}

export function autoRollbackFrom(given: GroupInput['autoRollbackConfiguration']): CodeDeployAutoRollback | undefined {
  if (given === undefined) return undefined;
  const { enabled = false, events = [] } = given;
  if (!enabled || events.length > 0) return { enabled, events };
  throw new ApiError(
    'InvalidAutoRollbackConfigException',
    'Automatic rollback is enabled, but no event is named that rolls back.',
  );
}

export function alarmsFrom(given: GroupInput['alarmConfiguration']): CodeDeployAlarms | undefined {
  if (given === undefined) return undefined;
  const { enabled = false, ignorePollAlarmFailure = false, alarms = [] } = given;
  const names = alarms.map(({ name = '' }) => name);
  if (names.length > limits.alarms) {
    throw new ApiError('AlarmsLimitExceededException', `No more than ${limits.alarms} alarms can be named.`);
  }
  if (names.includes('') || new Set(names).size < names.length) {
    throw invalidAlarms('Each alarm needs a name, and each name can be given once.');
  }
  if (enabled && names.length === 0) throw invalidAlarms('Alarms are enabled, but none is named.');
  return { enabled, ignorePollAlarmFailure, names };
}
