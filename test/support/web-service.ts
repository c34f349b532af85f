import { fargateDefinition } from './definitions.ts';
import { type Answer, type Installation, testImage } from './installation.ts';

/** The Fargate service `web` in the new cluster `c`: web servers with an address each, gone in 2 s. */
export async function createWebService(
  installation: Installation,
  { desiredCount }: { readonly desiredCount: number },
): Promise<void> {
  await installation.call('CreateCluster', { clusterName: 'c' });
  const { subnets } = await installation.call('DescribeNetwork', {}, 'roadstead');
  const command = ['httpd', '-f', '-p', '8080', '-h', '/tmp'];
  await installation.call(
    'RegisterTaskDefinition',
    fargateDefinition('web', { name: 'web', image: testImage, command, stopTimeout: 2 }),
  );
  await installation.call('CreateService', {
    cluster: 'c',
    serviceName: 'web',
    taskDefinition: 'web',
    desiredCount,
    launchType: 'FARGATE',
    networkConfiguration: { awsvpcConfiguration: { subnets: subnets.map((each: Answer) => each.subnetId) } },
  });
}
