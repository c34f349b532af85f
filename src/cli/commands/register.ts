import type * as EcsModule from '@aws-sdk/client-ecs';
import type { InputOf } from '#wire/aws';
import { DocumentError, parseInputDocument } from '../documents/index.ts';
import { exitCodes } from '../exit-codes.ts';
import { Failure, failureFrom } from '../failure.ts';
import type { CommandBody, Invocation } from '../invocation.ts';
import { connect } from './account.ts';
import { shapeNames } from './shape-names.ts';

export interface RegisterOptions {
  readonly file: string;
}

type RegisterInput = InputOf<typeof EcsModule, 'RegisterTaskDefinition'>;

/** `roadstead register -f FILE`: answers in the shape of RegisterTaskDefinition. */
export const register: CommandBody<RegisterOptions> = async (invocation, _args, { file }) => {
  const text = await readDocument(invocation, file);
  const input = await parse(text, file);
  const controlPlane = await connect(invocation);
  const { taskDefinition } = await controlPlane.ecs('RegisterTaskDefinition', input).catch((error: unknown) => {
    throw failureFrom(`cannot register ${nameOf(file)}`, error);
  });
  const name = `${taskDefinition?.family}:${taskDefinition?.revision}`;
  return {
    report: {
      data: { taskDefinition },
      lines: (style) => [
        `Registered ${style.strong(name)}.`,
        `  ${taskDefinition?.taskDefinitionArn}`,
        `  run it: aws ecs run-task --task-definition ${name}`,
      ],
      names: [name],
    },
  };
};

async function readDocument({ deps }: Invocation, file: string): Promise<string> {
  const text = file === '-' ? await deps.terminal.readInput() : await deps.files.read(file);
  if (text !== undefined) return text;
  throw new Failure(`cannot read ${file}`, { exitCode: exitCodes.notFound, why: 'there is no such file' });
}

async function parse(text: string, file: string): Promise<RegisterInput> {
  const { loadModel } = await import('#wire/aws');
  const shape = loadModel().services.get('ecs')?.operations.get('RegisterTaskDefinition')?.input;
  if (shape === undefined) throw new Failure('the shapes of ECS are missing from this copy of Roadstead');
  try {
    return parseInputDocument(text, shapeNames(shape)) as unknown as RegisterInput;
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    const why = error.problems.map(({ message, line, column }) => `${nameOf(file)}:${line}:${column}: ${message}`);
    throw new Failure(`${nameOf(file)} is not a task definition`, {
      exitCode: exitCodes.usage,
      why: why.join('\n'),
      next: 'aws ecs register-task-definition --generate-cli-skeleton shows every member',
      cause: error,
    });
  }
}

function nameOf(file: string): string {
  return file === '-' ? 'standard input' : file;
}
