import * as sdk from '@aws-sdk/client-ecs';
import type { Answer, Installation } from './installation.ts';

/** How a call ended, whichever client made it. */
export type Outcome = { readonly answer: Answer } | { readonly code: string; readonly message: string };

/** `update-container-agent` of `UpdateContainerAgent`. */
function commandOf(operation: string): string {
  return operation.replace(/(?<=.)([A-Z])/g, '-$1').toLowerCase();
}

let known: Promise<ReadonlySet<string>> | undefined;

/** The commands of ECS that the installed CLI has: it names them to who asks for one that it has not. */
async function cliCommands(installation: Installation): Promise<ReadonlySet<string>> {
  try {
    await installation.aws('ecs', 'no-such-operation');
  } catch (error) {
    const choices = String(error).split('valid choices are')[1];
    if (choices !== undefined) return new Set(choices.match(/[a-z]+(-[a-z]+)+/g));
  }
  throw new Error('the aws CLI does not say what it knows of ECS');
}

/** One ECS operation by the real aws CLI; `undefined` when the installed one has no way to. */
export async function byCli(
  installation: Installation,
  operation: string,
  input: object,
): Promise<Outcome | undefined> {
  known ??= cliCommands(installation);
  const command = commandOf(operation);
  if (!(await known).has(command)) return undefined;
  try {
    return { answer: await installation.aws('ecs', command, '--cli-input-json', JSON.stringify(input)) };
  } catch (error) {
    const text = String(error);
    if (/Unknown parameter in input|SessionManagerPlugin is not found/i.test(text)) return undefined;
    const said = /An error occurred \((\w+)\) when calling the (\w+) operation[^:]*: ([\s\S]*)/.exec(text);
    if (said === null || said[2] !== operation) throw error;
    return { code: said[1] ?? '', message: said[3]?.trim() ?? '' };
  }
}

export function sdkClient(installation: Installation): sdk.ECSClient {
  const { accessKeyId, secretAccessKey } = installation.keys();
  return new sdk.ECSClient({
    endpoint: installation.url,
    region: 'us-east-1',
    credentials: { accessKeyId, secretAccessKey },
  });
}

/** One ECS operation by the JS SDK. Throws the SDK's own exceptions. */
export async function bySdk(client: sdk.ECSClient, operation: string, input: object): Promise<Answer> {
  const commands = sdk as unknown as Readonly<Record<string, new (input: object) => sdk.ListClustersCommand>>;
  const Command = commands[`${operation}Command`];
  if (Command === undefined) throw new Error(`the SDK has no ${operation}`);
  return await client.send(new Command(input));
}
