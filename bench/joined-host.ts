import type { Installation } from '../test/support/installation.ts';

/** Starts an agent that joins a new cluster of the same name; once it is connected, its pid and container instance. */
export async function joinHost(
  installation: Installation,
  cluster: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<{ readonly pid: number; readonly containerInstanceArn: string }> {
  await installation.call('CreateCluster', { clusterName: cluster });
  const pid = await installation.startAgent(cluster, cluster, settings);
  const containerInstanceArn = await installation.until('the host is there', async () => {
    const filter = 'agentConnected == true';
    const { containerInstanceArns } = await installation.call('ListContainerInstances', { cluster, filter });
    return containerInstanceArns[0] as string | undefined;
  });
  return { pid, containerInstanceArn };
}
