import { Fault } from '#base';
import type { PayloadSecret } from '#wire/link';
import type { Parameter } from '../host/secrets.ts';
import { Lanes } from '../task/lanes.ts';
import type { EngineTask } from '../task/state.ts';
import type { ValueCalls } from './calls.ts';
import { parseEnvFile, type Variables } from './env-file.ts';
import { jsonMember } from './json-member.ts';
import { failureReason, type Wanted } from './reasons.ts';
import { parseObjectArn, parseSecretReference, secretKey } from './references.ts';

export interface TaskFetchDeps {
  /** Of the host: where S3 is asked first. */
  readonly region: string;
  readonly calls: ValueCalls;
}

/** Everything that a task's containers name. */
export interface Fetched {
  /** By {@link secretKey}. */
  readonly secrets: ReadonlyMap<string, string>;
  /** By the object's ARN. */
  readonly files: ReadonlyMap<string, Variables>;
}

/** Calls under way for one task at the same time. */
const callLanes = 8;
/** GetParameters takes no more. */
const namesPerCall = 10;

/** One call, what it is for, and where its outcome goes. */
interface Job {
  readonly wanted: Wanted;
  run(): Promise<void>;
}

/**
 * Fetches each value of a task once, side by side. Throws Fault `Secret` with the task's reason: of several failures
 * that of the first job, so that it does not hang on which call was quicker; an instance's agent tells those of the
 * same kind too.
 */
export async function fetchValues(task: EngineTask, deps: TaskFetchDeps, signal: AbortSignal): Promise<Fetched> {
  const secrets = new Map<string, string>();
  const files = new Map<string, Variables>();
  const context = { task, deps, signal, secrets, files };
  const jobs = jobsOf(context);
  const lanes = new Lanes({ count: callLanes });
  const errors = await Promise.all(
    jobs.map((job) =>
      lanes.run(() =>
        job.run().then(
          () => undefined,
          (error: unknown) => ({ error }),
        ),
      ),
    ),
  );
  signal.throwIfAborted();
  const failures = jobs.flatMap(({ wanted }, index) => {
    const failure = errors[index];
    return failure === undefined ? [] : [{ wanted, error: failure.error }];
  });
  const [first] = failures;
  if (first === undefined) return { secrets, files };
  const { launchType } = task.payload;
  const told = launchType === 'FARGATE' ? [first] : failures.filter(({ wanted }) => wanted.of === first.wanted.of);
  throw new Fault('Secret', told.map(({ wanted, error }) => failureReason(launchType, wanted, error)).join(';'));
}

interface Context {
  readonly task: EngineTask;
  readonly deps: TaskFetchDeps;
  readonly signal: AbortSignal;
  readonly secrets: Map<string, string>;
  readonly files: Map<string, Variables>;
}

function jobsOf(context: Context): readonly Job[] {
  const { containers } = context.task.payload;
  const all = containers.flatMap(({ secrets = [] }) => secrets);
  const once = [...new Map(all.map((secret) => [secretKey(secret), secret])).values()];
  const arns = new Set(containers.flatMap(({ environmentFiles = [] }) => environmentFiles.map(({ value }) => value)));
  return [
    ...once.filter(({ provider }) => provider === 'asm').map((secret) => secretJob(context, secret)),
    ...batches(once.filter(({ provider }) => provider === 'ssm')).map((batch) => parametersJob(context, batch)),
    ...[...arns].map((arn) => fileJob(context, arn)),
  ];
}

function secretJob({ task, deps, signal, secrets }: Context, secret: PayloadSecret): Job {
  const reference = parseSecretReference(secret.valueFrom);
  const secretId = reference?.secretId ?? secret.valueFrom;
  return {
    wanted: { of: 'secret', secretId },
    async run() {
      if (reference === undefined) {
        const why =
          'an invalid ARN format for the AWS Secrets Manager secret was specified. Specify a valid ARN and try again.';
        throw new Fault('Secret', `trying to retrieve secret with value ${secret.valueFrom} resulted in error: ${why}`);
      }
      const { jsonKey, ...request } = reference;
      const at = { taskArn: task.taskArn, region: secret.region };
      const text = await deps.calls.make(
        'secretsmanager',
        at,
        (source, as, given) => source.secret(request, as, given),
        signal,
      );
      if (text === undefined) {
        throw new Fault(
          'Secret',
          `the secret ${secretId} is binary, and a container can only be given text: store it as SecretString`,
        );
      }
      secrets.set(secretKey(secret), jsonKey === undefined ? text : memberOf(text, jsonKey, secretId));
    },
  };
}

function memberOf(text: string, jsonKey: string, secretId: string): string {
  const member = jsonMember(text, jsonKey);
  if (member.is === 'value') return member.value;
  if (member.is === 'absent') {
    const sentence = `retrieved secret from Secrets Manager did not contain json key ${jsonKey}`;
    throw new Fault('Secret', `${sentence}: add it to the secret ${secretId}, or correct valueFrom`);
  }
  throw new Fault('Secret', `the secret ${secretId} is not a JSON object, and its key ${jsonKey} is asked for`);
}

function parametersJob({ task, deps, signal, secrets }: Context, batch: readonly PayloadSecret[]): Job {
  const region = batch[0]?.region ?? '';
  return {
    wanted: { of: 'parameters', region },
    async run() {
      const names = batch.map(({ valueFrom }) => valueFrom);
      const at = { taskArn: task.taskArn, region };
      const { parameters, invalid } = await deps.calls.make(
        'ssm',
        at,
        (source, as, given) => source.parameters(names, as, given),
        signal,
      );
      const absent = names.filter((name) => !parameters.some((parameter) => isNamed(parameter, name)));
      const unknown = invalid.length > 0 ? invalid : absent;
      if (unknown.length > 0) throw new Fault('Secret', `invalid parameters: ${unknown.join(',')}`);
      for (const secret of batch) {
        const found = parameters.find((parameter) => isNamed(parameter, secret.valueFrom));
        if (found !== undefined) secrets.set(secretKey(secret), found.value);
      }
    },
  };
}

/** Those of one region, ten at a time. */
function batches(secrets: readonly PayloadSecret[]): readonly (readonly PayloadSecret[])[] {
  const byRegion = Object.values(Object.groupBy(secrets, ({ region }) => region));
  return byRegion.flatMap((ofRegion = []) =>
    Array.from({ length: Math.ceil(ofRegion.length / namesPerCall) }, (_, index) =>
      ofRegion.slice(index * namesPerCall, (index + 1) * namesPerCall),
    ),
  );
}

/** Services name a parameter as they were asked, or by its plain name, whichever way it was asked for. */
function isNamed({ name, arn, selector = '' }: Parameter, valueFrom: string): boolean {
  const plain = valueFrom.startsWith('arn:')
    ? valueFrom
        .split(':')
        .slice(5)
        .join(':')
        .replace(/^parameter/, '')
    : valueFrom;
  const names = [name, `${name}${selector}`];
  return (
    names.includes(valueFrom) ||
    (valueFrom.startsWith('arn:') && names.some((one) => `/${one.replace(/^\//, '')}` === plain)) ||
    (arn !== undefined && [arn, `${arn}${selector}`].includes(valueFrom))
  );
}

function fileJob({ task, deps, signal, files }: Context, arn: string): Job {
  const object = parseObjectArn(arn);
  return {
    wanted: { of: 'file', bucket: object?.bucket ?? '', key: object?.key ?? arn },
    async run() {
      if (object === undefined) {
        const sentence = `unable to parse bucket and key from s3 ARN specified in environmentFile ${arn}`;
        throw new Fault('Secret', `${sentence}, error: invalid s3 arn: ${arn}`);
      }
      const at = { taskArn: task.taskArn, region: deps.region };
      const bytes = await deps.calls.make('s3', at, (source, as, given) => source.object(object, as, given), signal);
      files.set(arn, parseEnvFile(Buffer.from(bytes).toString('utf8')));
    },
  };
}
