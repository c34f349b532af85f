import { describe, expect, test } from 'vitest';
import { payloadTask } from './testing.ts';
import { startedHost } from './testing-host.ts';

describe('messages of the control channel', () => {
  test('that come twice start nothing twice, and are acknowledged each time', async () => {
    const host = await startedHost();
    const task = payloadTask(host.ids);
    const first = await host.run(task);
    const again = await host.run(task);
    host.controlPlane.send('PayloadMessage', {
      messageId: first,
      clusterArn: host.controlPlane.clusterArn,
      containerInstanceArn: host.controlPlane.containerInstanceArn,
      seqNum: 1,
      tasks: [task],
    });
    await host.pass(60_000);
    const acks = host.controlPlane.controlFrames.filter(({ type }) => type === 'AckRequest');
    expect(acks.map(({ message }) => message['messageId'])).toEqual([first, again, first]);
    expect(host.runtime.journal.filter((entry) => entry.startsWith('create'))).toHaveLength(1);
    expect(host.controlPlane.statusesOf(task.arn)).toEqual(['PENDING', 'RUNNING']);
  });

  test('that come in the wrong order: what was stopped never starts, and never starts again', async () => {
    const host = await startedHost();
    const [unseen, seen] = [payloadTask(host.ids), payloadTask(host.ids)];
    await host.run(seen);
    host.controlPlane.stop(unseen);
    host.controlPlane.stop(seen);
    host.controlPlane.assign(unseen, seen);
    await host.pass(60_000);
    host.controlPlane.assign(unseen, seen);
    await host.pass(60_000);
    expect(await host.running()).toEqual([]);
    expect(host.runtime.journal.filter((entry) => entry.startsWith('start'))).toHaveLength(1);
    expect(host.controlPlane.statusesOf(unseen.arn)).toEqual(['STOPPED']);
    expect(host.controlPlane.statusesOf(seen.arn)).toEqual(['PENDING', 'RUNNING', 'STOPPED']);
  });

  test('that nobody knows, or that are none, get no answer and do no harm', async () => {
    const host = await startedHost();
    const before = host.controlPlane.controlFrames.length;
    for (const text of [
      '',
      '{',
      'null',
      '[]',
      '{"type":"PayloadMessage"}',
      '{"type":"PayloadMessage","message":null}',
    ]) {
      host.controlPlane.sendText(text);
    }
    host.controlPlane.send('StageUpdateMessage', { updateInfo: { location: 'http://x' } });
    host.controlPlane.send('ConfirmAttachmentMessage', { messageId: 'v1' });
    host.controlPlane.send('TaskManifestMessage', { messageId: 'm1' });
    host.controlPlane.send('TaskStopVerificationAck', {});
    host.controlPlane.send('IAMRoleCredentialsMessage', { messageId: 'c1' });
    host.controlPlane.send('HeartbeatMessage', {});
    await host.pass(1000);
    expect(host.controlPlane.controlFrames).toHaveLength(before);
    const task = payloadTask(host.ids);
    await host.run(task);
    expect(host.controlPlane.statusesOf(task.arn)).toEqual(['PENDING', 'RUNNING']);
    expect(host.controlPlane.queries).toHaveLength(1);
  });

  test('that announce an interface or a volume are acknowledged when they are whole; an update is refused', async () => {
    const host = await startedHost();
    const { clusterArn, containerInstanceArn } = host.controlPlane;
    const common = { clusterArn, containerInstanceArn, taskArn: 'arn:task', waitTimeoutMs: 300_000 };
    const elasticNetworkInterfaces = [{ macAddress: '02:00:00:00:00:01', ec2Id: 'eni-1' }];
    const properties = ['volumeId', 'volumeSizeGib', 'deviceName', 'sourceVolumeHostPath', 'volumeName'];
    const volume = (names: readonly string[], fileSystem = 'xfs') => ({
      attachmentArn: 'arn:attachment',
      attachmentType: 'amazonebs',
      attachmentProperties: [...names.map((name) => ({ name, value: 'x' })), { name: 'fileSystem', value: fileSystem }],
    });
    const send = (messageId: string, type: string, more: object): void =>
      host.controlPlane.send(type, { ...common, messageId, ...more });
    send('e1', 'AttachTaskNetworkInterfacesMessage', { elasticNetworkInterfaces });
    send('e2', 'AttachInstanceNetworkInterfacesMessage', { elasticNetworkInterfaces, taskArn: undefined });
    send('v1', 'ConfirmAttachmentMessage', { attachment: volume(properties) });
    send('x1', 'AttachTaskNetworkInterfacesMessage', { elasticNetworkInterfaces: [] });
    send('x2', 'ConfirmAttachmentMessage', { attachment: volume(properties.slice(1)) });
    send('x3', 'ConfirmAttachmentMessage', { attachment: volume(properties, 'zfs') });
    send('x4', 'ConfirmAttachmentMessage', { attachment: volume(properties), waitTimeoutMs: 0 });
    send('u1', 'StageUpdateMessage', {});
    send('u2', 'PerformUpdateMessage', {});
    await host.pass(1000);
    const answers = host.controlPlane.controlFrames.filter(
      ({ type }) => type === 'AckRequest' || type === 'NackRequest',
    );
    const acked = { cluster: clusterArn, containerInstance: containerInstanceArn };
    expect(answers).toEqual([
      ...['e1', 'e2', 'v1'].map((messageId) => ({ type: 'AckRequest', message: { ...acked, messageId } })),
      ...['u1', 'u2'].map((messageId) => ({
        type: 'NackRequest',
        message: { ...acked, messageId, reason: 'Updates are disabled' },
      })),
    ]);
  });

  test('of a control plane that is newer: members that are not known are passed over', async () => {
    const host = await startedHost();
    const task = payloadTask(host.ids, { ...({ novelty: { of: 'containers' } } as object) });
    const messageId = await host.run({ ...task, ...({ isolation: 'MORE', zone: 'z' } as object) });
    expect(host.controlPlane.acknowledged(messageId)).toBe(true);
    expect(host.controlPlane.statusesOf(task.arn)).toEqual(['PENDING', 'RUNNING']);
  });

  test('of a control plane that is older: numbers and lists that are not there are none', async () => {
    const host = await startedHost();
    const { clusterArn, containerInstanceArn } = host.controlPlane;
    const common = { clusterArn, containerInstanceArn };
    const task = payloadTask(host.ids);
    host.controlPlane.send('PayloadMessage', { ...common, messageId: 'p1', tasks: [task] });
    host.controlPlane.send('PayloadMessage', { ...common, messageId: 'p2' });
    await host.pass(1000);
    expect(['p1', 'p2'].map((id) => host.controlPlane.acknowledged(id))).toEqual([true, true]);
    expect(host.controlPlane.statusesOf(task.arn)).toEqual(['PENDING', 'RUNNING']);
    // The numbers of later messages count as before.
    const manifest = host.controlPlane.manifest([task.arn]);
    await host.pass(1000);
    expect(host.controlPlane.acknowledged(manifest)).toBe(true);
  });
});
