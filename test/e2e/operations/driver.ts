import * as sdk from '@aws-sdk/client-ecs';
import { byCli, bySdk, type Outcome, sdkClient } from '../../support/ecs-clients.ts';
import type { Answer, Installation } from '../../support/installation.ts';

/** Calls operations by the aws CLI where it knows them, else by the JS SDK, and keeps which it called by which. */
export class OperationDriver implements Disposable {
  readonly installation: Installation;
  readonly #client: sdk.ECSClient;
  readonly #called = { cli: new Map<string, number>(), sdk: new Map<string, number>() };

  constructor(installation: Installation) {
    this.installation = installation;
    this.#client = sdkClient(installation);
  }

  /** How often an operation was called. The CLI asks for every page, so the server may have seen more. */
  called(operation: string): number {
    return (this.#called.cli.get(operation) ?? 0) + (this.#called.sdk.get(operation) ?? 0);
  }

  /** Operations each client was used for at least once. */
  get clients(): { readonly cli: readonly string[]; readonly sdk: readonly string[] } {
    return { cli: [...this.#called.cli.keys()], sdk: [...this.#called.sdk.keys()] };
  }

  /** How a call ended, the error's code and message included. */
  async outcome(operation: string, input: object): Promise<Outcome> {
    const outcome = await byCli(this.installation, operation, input);
    if (outcome === undefined) return await this.outcomeBySdk(operation, input);
    this.#count('cli', operation);
    return outcome;
  }

  /** The same, by the SDK whatever the CLI knows. */
  async outcomeBySdk(operation: string, input: object): Promise<Outcome> {
    this.#count('sdk', operation);
    try {
      const { $metadata: _, ...answer } = await bySdk(this.#client, operation, input);
      return { answer };
    } catch (error) {
      if (!(error instanceof sdk.ECSServiceException)) throw error;
      return { code: error.name, message: error.message };
    }
  }

  /** What a call answers; throws when it is refused. */
  async answer(operation: string, input: object): Promise<Answer> {
    const outcome = await this.outcome(operation, input);
    if ('code' in outcome) throw new Error(`${operation}: ${outcome.code}: ${outcome.message}`);
    return outcome.answer;
  }

  [Symbol.dispose](): void {
    this.#client.destroy();
  }

  #count(client: 'cli' | 'sdk', operation: string): void {
    const counts = this.#called[client];
    counts.set(operation, (counts.get(operation) ?? 0) + 1);
  }
}
