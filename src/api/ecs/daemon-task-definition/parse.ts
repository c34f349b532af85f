import type { ContainerDefinition, DaemonContainerDefinition, DaemonTaskDefinitionContent, DaemonVolume } from '#model';
import type { Quotas } from '../../operation.ts';
import { checkedEnum } from '../enums.ts';
import { clientError } from '../errors.ts';
import { sizeRefusal } from '../task-definition/index.ts';
import type { RegisterInput } from '../task-definition/input.ts';
import { subjectOf } from '../task-definition/parse.ts';
import { firstRefusal } from '../task-definition/rules/rule.ts';
import type { RegisterDaemonInput } from './input.ts';
import { sharedIpcRefusal, sharedRules, volumeRefusal } from './rules.ts';

const namespaceModes = ['none', 'shared'] as const;

/**
 * Checks and completes a daemon task definition as far as it is a task definition. Throws ClientException with the
 * first refusal, InvalidParameterException for a namespace mode that is none.
 */
export function parseDaemonTaskDefinition(input: RegisterDaemonInput, quotas: Quotas): DaemonTaskDefinitionContent {
  const pidMode = checkedEnum('pidMode', input.pidMode, namespaceModes);
  const ipcMode = checkedEnum('ipcMode', input.ipcMode, namespaceModes);
  const subject = subjectOf(asTaskDefinition(input), quotas);
  const { family, taskRoleArn, executionRoleArn, cpu, memory } = subject.content;
  const content: DaemonTaskDefinitionContent = {
    family,
    containerDefinitions: subject.content.containerDefinitions.map(daemonContainer),
    volumes: (input.volumes ?? []).map(completedVolume),
    ...(cpu === undefined ? {} : { cpu }),
    ...(memory === undefined ? {} : { memory }),
    ...(taskRoleArn === undefined ? {} : { taskRoleArn }),
    ...(executionRoleArn === undefined ? {} : { executionRoleArn }),
    ...(pidMode === undefined ? {} : { pidMode }),
    ...(ipcMode === undefined ? {} : { ipcMode }),
  };
  const refusal =
    firstRefusal(sharedRules, subject) ??
    volumeRefusal(input) ??
    sharedIpcRefusal(input) ??
    sizeRefusal({ ...subject, content });
  if (refusal !== undefined) throw clientError(refusal);
  return content;
}

/** The request as the rules of task definitions read it: its volumes by name alone, its namespaces the task's own. */
function asTaskDefinition(input: RegisterDaemonInput): RegisterInput {
  const { pidMode: _pid, ipcMode: _ipc, volumes, ...same } = input;
  const named = volumes?.map(({ name }) => (name === undefined ? {} : { name }));
  return { ...same, ...(named === undefined ? {} : { volumes: named }) };
}

/** Without the members that normalising fills in and a daemon's container does not have. */
function daemonContainer(container: ContainerDefinition): DaemonContainerDefinition {
  const { portMappings: _ports, volumesFrom: _from, ...own } = container;
  return own as DaemonContainerDefinition;
}

/** One declared by nothing but its name is a host volume, as in task definitions. */
function completedVolume(volume: DaemonVolume): DaemonVolume {
  return volume.host === undefined && volume.logDriverVolumeConfiguration === undefined
    ? { ...volume, host: {} }
    : { ...volume };
}
