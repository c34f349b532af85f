import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Answer } from '../../support/installation.ts';
import { datagramReceiver, eventCollector, forwardReceiver } from '../../support/log-receivers.ts';
import { DefinitionWorld } from './world.ts';

let world: DefinitionWorld;
beforeAll(async () => {
  world = await DefinitionWorld.start();
});
afterAll(async () => {
  await world?.[Symbol.asyncDispose]();
});

const prints = 'echo to output; echo to error >&2; exec sleep 3600';

/** A task of one container that prints a line to each of its outputs; runs once this returns. */
async function printing(logDriver: string, options: Record<string, string>, script = prints): Promise<string> {
  const taskArn = await world.run({}, [
    {
      name: 'app',
      command: ['sh', '-c', script],
      environment: [{ name: 'STAGE', value: 'test' }],
      dockerLabels: { berth: 'three' },
      logConfiguration: { logDriver, options },
    },
  ]);
  await world.reaches(taskArn, 'RUNNING');
  return taskArn;
}

const lines = ['to error', 'to output'];
const whatItSays = { labels: 'berth', env: 'STAGE' };

test('json-file: its files, how large and how many, and what is said beside each line', async () => {
  const many = 'for i in $(seq 1 400); do echo line $i of those that fill files; done; exec sleep 3600';
  const options = { 'max-size': '8k', 'max-file': '2', tag: 'cargo-{{.Name}}', ...whatItSays };
  const taskArn = await printing('json-file', options, many);
  const { LogPath, Name } = await world.inspected(taskArn, 'app');
  const last = await world.installation.until('the last line', async () =>
    readFileSync(LogPath, 'utf8')
      .split('\n')
      .find((line) => line.includes('line 400 of')),
  );
  expect(JSON.parse(last).attrs).toEqual({ berth: 'three', STAGE: 'test', tag: `cargo-${Name.slice(1)}` });
  expect([`${LogPath}.1`, `${LogPath}.2`].map((path) => existsSync(path))).toEqual([true, false]);
  await world.stop(taskArn);
});

test('fluentd: messages with its tag to the address, to the nanosecond', async () => {
  await using receiver = await forwardReceiver();
  const taskArn = await printing('fluentd', {
    'fluentd-address': `127.0.0.1:${receiver.port}`,
    'fluentd-sub-second-precision': 'true',
    'fluentd-async': 'true',
    tag: 'cargo.{{.Name}}',
    ...whatItSays,
  });
  const messages: Answer[] = await world.installation.until('both came', async () => {
    return receiver.received.length >= 2 && [...receiver.received];
  });
  const { Id, Name } = await world.inspected(taskArn, 'app');
  expect(messages.map(([, , { log }]): string => log).sort()).toEqual(lines);
  for (const [tag, time, record] of messages) {
    expect(tag).toBe(`cargo.${Name.slice(1)}`);
    expect(time.nanoseconds).toBeGreaterThan(0);
    expect(record).toMatchObject({ container_id: Id, container_name: Name, berth: 'three', STAGE: 'test' });
  }
  await world.stop(taskArn);
});

test('syslog: facility, form and tag', async () => {
  await using receiver = await datagramReceiver();
  const taskArn = await printing('syslog', {
    'syslog-address': `udp://127.0.0.1:${receiver.port}`,
    'syslog-facility': 'local3',
    'syslog-format': 'rfc5424micro',
    tag: 'cargo-{{.Name}}',
  });
  await world.installation.until('both came', async () => receiver.received.length >= 2);
  // The facility local3 is 19; what goes to an error output has the severity 3, anything else 6.
  const form = /^<(\d+)>1 \d{4}-\d\d-\d\dT[\d:]+\.\d{6}\S+ \S+ (\S+) \d+ (\S+) - (.*?)\n?$/;
  const found = receiver.received.map((text) => form.exec(text)?.slice(1).join(' ') ?? text);
  const tag = `cargo-${(await world.inspected(taskArn, 'app')).Name.slice(1)}`;
  expect(found.sort()).toEqual([`${19 * 8 + 3} ${tag} ${tag} to error`, `${19 * 8 + 6} ${tag} ${tag} to output`]);
  await world.stop(taskArn);
});

test('gelf: what it says of the container', async () => {
  await using receiver = await datagramReceiver();
  const taskArn = await printing('gelf', {
    'gelf-address': `udp://127.0.0.1:${receiver.port}`,
    'gelf-compression-type': 'none',
    tag: 'cargo',
    ...whatItSays,
  });
  await world.installation.until('both came', async () => receiver.received.length >= 2);
  const messages: Answer[] = receiver.received.map((text) => JSON.parse(text));
  expect(messages.map(({ short_message }): string => short_message).sort()).toEqual(lines);
  expect(messages[0]).toMatchObject({ _tag: 'cargo', _berth: 'three', _STAGE: 'test' });
  await world.stop(taskArn);
});

test('splunk: events to the collector, with its token and all that is said of them', async () => {
  await using collector = await eventCollector();
  const taskArn = await printing('splunk', {
    'splunk-token': '176FCEBF-4CF5-4EDF-91BC-703796522D20',
    'splunk-url': `http://127.0.0.1:${collector.port}`,
    'splunk-source': 'harbour',
    'splunk-sourcetype': 'cargo',
    'splunk-index': 'main',
    'splunk-format': 'json',
    'splunk-gzip': 'true',
    tag: 'cargo',
    ...whatItSays,
  });
  const events = (): Answer[] =>
    collector.received.flatMap(({ text }) =>
      text
        .replaceAll('}{', '}\n{')
        .split('\n')
        .map((line) => JSON.parse(line)),
    );
  await world.installation.until('both came', async () => events().length >= 2);
  expect(collector.received[0]).toMatchObject({
    path: '/services/collector/event/1.0',
    authorization: 'Splunk 176FCEBF-4CF5-4EDF-91BC-703796522D20',
    encoding: 'gzip',
  });
  expect(
    events()
      .map(({ event }): string => event.line)
      .sort(),
  ).toEqual(lines);
  expect(events()[0]).toMatchObject({
    source: 'harbour',
    sourcetype: 'cargo',
    index: 'main',
    event: { tag: 'cargo', attrs: { berth: 'three', STAGE: 'test' } },
  });
  await world.stop(taskArn);
});

/** systemd's journal takes lines of the engine's on this socket. */
const hasJournal = existsSync('/run/systemd/journal/socket');

test.runIf(hasJournal)(
  'journald: lines in the journal of this machine, found by what is said beside them',
  async () => {
    const tag = `cargo-${process.pid}`;
    const taskArn = await printing('journald', { tag, ...whatItSays });
    const { Id } = await world.inspected(taskArn, 'app');
    const entries = await world.installation.until('both came', async () => {
      const text = execFileSync('journalctl', [`CONTAINER_TAG=${tag}`, '-o', 'json', '--all'], { encoding: 'utf8' });
      const found: Answer[] = text
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line));
      return found.length >= 2 && found;
    });
    expect(entries.map(({ MESSAGE }): string => MESSAGE).sort()).toEqual(lines);
    expect(entries[0]).toMatchObject({ CONTAINER_ID_FULL: Id, BERTH: 'three', STAGE: 'test' });
    await world.stop(taskArn);
  },
);

test.skipIf(hasJournal)('journald: where there is no journal the task says so', async () => {
  const taskArn = await world.run({}, [
    { name: 'app', command: ['true'], logConfiguration: { logDriver: 'journald', options: { tag: 'cargo' } } },
  ]);
  const { containers } = await world.reaches(taskArn, 'STOPPED');
  expect(containers[0].reason).toContain('journald is not enabled on this host');
});
