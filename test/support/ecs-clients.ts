import * as sdk from '@aws-sdk/client-ecs';
import type { Answer, Installation } from './installation.ts';

/** How a call ended, whichever client made it. */
export type Outcome = { readonly answer: Answer } | { readonly code: string; readonly message: string };

/** `update-container-agent` of `UpdateContainerAgent`. */
export function commandOf(operation: string): string {
  return operation.replace(/(?<=.)([A-Z])/g, '-$1').toLowerCase();
}

/** One ECS operation by the real aws CLI; `undefined` when the installed one has no way to. */
export async function byCli(
  installation: Installation,
  operation: string,
  input: object,
): Promise<Outcome | undefined> {
  try {
    return { answer: await installation.aws('ecs', commandOf(operation), '--cli-input-json', JSON.stringify(input)) };
  } catch (error) {
    const text = String(error);
    if (/invalid choice|Unknown parameter in input|SessionManagerPlugin is not found/i.test(text)) return undefined;
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
