import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const stacks = new URL('../terraform/', import.meta.url);

/** Where the AWS provider is, without a network. */
const mirror = ['/opt/tf-plugins', process.env['TF_PLUGIN_MIRROR'] ?? ''].find((path) => existsSync(path));

/** Whether Terraform and its AWS provider are at hand. */
export async function terraformHere(): Promise<boolean> {
  if (mirror === undefined) return false;
  return await run('terraform', ['version']).then(
    () => true,
    () => false,
  );
}

/** One of the stacks of `test/terraform`, in a folder of its own; every method throws when Terraform fails. */
export class TerraformStack implements Disposable {
  readonly #folder = mkdtempSync(join(tmpdir(), 'roadstead-terraform-'));
  readonly #env: NodeJS.ProcessEnv;

  constructor(stack: string, environment: Readonly<Record<string, string>>) {
    cpSync(new URL(stack, stacks), this.#folder, { recursive: true });
    const config = join(this.#folder, 'cli.tfrc');
    writeFileSync(config, `provider_installation {\n  filesystem_mirror { path = "${mirror}" }\n}\n`);
    this.#env = { ...process.env, ...environment, TF_CLI_CONFIG_FILE: config, CHECKPOINT_DISABLE: '1' };
  }

  async apply(): Promise<void> {
    await this.#terraform('init');
    await this.#terraform('apply', '-auto-approve');
  }

  /** Throws where what is there differs from what is wanted: `plan` ends with 2 then. */
  async planIsEmpty(): Promise<void> {
    await this.#terraform('plan', '-detailed-exitcode');
  }

  async destroy(): Promise<void> {
    await this.#terraform('destroy', '-auto-approve');
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true });
  }

  async #terraform(command: string, ...args: string[]): Promise<void> {
    const options = { cwd: this.#folder, env: this.#env, maxBuffer: 64 * 1024 * 1024 };
    await run('terraform', [command, ...args, '-no-color'], options);
  }
}
