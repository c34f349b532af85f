import { announcedFileSystems, announcedVolumeProperties } from '#wire/link';

type Members = Readonly<Record<string, unknown>>;

/** Why an announcement of an interface or a volume cannot be taken; `undefined` when it can. Source: amazon-ecs-agent 1.105. */
export function announcementProblem(type: string, message: Members): string | undefined {
  for (const name of ['messageId', 'clusterArn', 'containerInstanceArn']) {
    if (!isText(message[name])) return `${name} is missing`;
  }
  const { waitTimeoutMs } = message;
  if (waitTimeoutMs !== undefined && !(Number(waitTimeoutMs) > 0)) return 'waitTimeoutMs is no time';
  if (type !== 'AttachInstanceNetworkInterfacesMessage' && !isText(message['taskArn'])) return 'taskArn is missing';
  return type === 'ConfirmAttachmentMessage' ? volumeProblem(message['attachment']) : interfacesProblem(message);
}

function interfacesProblem({ elasticNetworkInterfaces: all }: Members): string | undefined {
  const [first] = Array.isArray(all) ? (all as readonly unknown[]) : [];
  if (!isMembers(first)) return 'it names no interface';
  return isText(first['macAddress']) && isText(first['ec2Id']) ? undefined : 'its interface has no address or no id';
}

function volumeProblem(attachment: unknown): string | undefined {
  if (!isMembers(attachment) || !isText(attachment['attachmentArn'])) return 'it names no attachment';
  if (attachment['attachmentType'] !== 'amazonebs') return undefined;
  const list = attachment['attachmentProperties'];
  const said = new Map((Array.isArray(list) ? list.filter(isMembers) : []).map(({ name, value }) => [name, value]));
  const missing = announcedVolumeProperties.find((name) => !isText(said.get(name)));
  if (missing !== undefined) return `its volume has no ${missing}`;
  const fileSystem = said.get('fileSystem');
  if (fileSystem === undefined) return undefined;
  const known = isText(fileSystem) && announcedFileSystems.includes(fileSystem);
  return known ? undefined : `its file system is none of ${announcedFileSystems.join(', ')}`;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null;
}
