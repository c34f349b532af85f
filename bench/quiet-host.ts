import { createConnect } from '#agent';
import { decodeFrame, encodeFrame } from '#wire/link';
import type { Installation } from '../test/support/installation.ts';

/** Room for any number of tasks. */
const units = 100_000_000;

/**
 * A container instance that takes every task and runs none: it acknowledges what it is sent and never reports. So the
 * control plane's own work is all there is.
 */
export async function joinQuietHost(installation: Installation, cluster: string): Promise<Disposable> {
  const { containerInstance } = await installation.call('RegisterContainerInstance', {
    cluster,
    instanceIdentityDocument: JSON.stringify({ instanceId: 'i-0123456789abcdef0' }),
    totalResources: [
      { name: 'CPU', type: 'INTEGER', integerValue: units },
      { name: 'MEMORY', type: 'INTEGER', integerValue: units },
      { name: 'PORTS', type: 'STRINGSET', stringSetValue: [] },
      { name: 'PORTS_UDP', type: 'STRINGSET', stringSetValue: [] },
    ],
  });
  const { containerInstanceArn } = containerInstance;
  const query = new URLSearchParams({
    agentHash: '00000000',
    agentVersion: '1.105.1',
    clusterArn: cluster,
    containerInstanceArn,
    dockerVersion: 'DockerVersion: 27.3.1',
    protocolVersion: '2',
    sendCredentials: 'true',
    seqNum: '1',
  });
  const { clock } = installation;
  const connect = createConnect({ region: 'us-east-1', credentials: installation.keys() }, { clock });
  const connection = await connect(`${installation.url.replace('http', 'ws')}/acs/ws?${query.toString()}`, {});
  connection.onMessage((text) => {
    const frame = decodeFrame(text);
    if (frame === undefined) return;
    const { messageId } = frame.message;
    const type = frame.type === 'HeartbeatMessage' ? 'HeartbeatAckRequest' : 'AckRequest';
    const ack = { messageId, cluster, containerInstance: containerInstanceArn };
    connection.send(encodeFrame({ type, message: ack }));
  });
  await installation.until('the host is connected', async () => {
    const { clusters } = await installation.call('DescribeClusters', { clusters: [cluster] });
    return clusters[0].registeredContainerInstancesCount === 1;
  });
  return { [Symbol.dispose]: () => connection.close(1000, '') };
}
