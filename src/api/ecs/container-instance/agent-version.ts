import { type ContainerInstance, roadsteadAgentHash } from '#model';
import { compareVersions, parseVersion } from '#scheduler';
import { ApiError } from '#wire/aws';

/**
 * Why an instance's agent is not updated: Roadstead replaces no agent from afar. MissingVersionException when the agent
 * names no version, or is not Roadstead's own, whose versions say nothing beside Roadstead's; else
 * NoUpdateAvailableException, which tells an agent that is up to date from one that somebody has to start anew.
 * `offered` is the version of the control plane, which ships its agent with it.
 */
export function updateRefusal({ versionInfo }: Pick<ContainerInstance, 'versionInfo'>, offered: string): ApiError {
  const { agentVersion = '', agentHash } = versionInfo;
  const current = parseVersion(agentVersion);
  if (current === undefined) {
    return missingVersion('The container agent did not say a version that can be compared.');
  }
  if (agentHash !== roadsteadAgentHash) {
    return missingVersion(
      `Version ${agentVersion} is of a container agent that is not Roadstead's: update it as its maker says.`,
    );
  }
  const newest = parseVersion(offered) ?? [];
  return compareVersions(current, newest) >= 0
    ? noUpdate(`The container agent is up to date: it is ${agentVersion}, and this Roadstead has ${offered}.`)
    : noUpdate(
        `The container agent is ${agentVersion} and this Roadstead has ${offered}, but it does not update agents from ` +
          `afar. Install Roadstead ${offered} on that host and start \`roadstead agent\` again; its containers keep running.`,
      );
}

function missingVersion(message: string): ApiError {
  return new ApiError('MissingVersionException', message);
}

function noUpdate(message: string): ApiError {
  return new ApiError('NoUpdateAvailableException', message);
}
