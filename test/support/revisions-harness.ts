import { type ApiHarness, apiHarness } from './api-harness.ts';

/** The API with a default cluster and two revisions of the task definition `web`, of the images `app:1` and `app:2`. */
export async function revisionsHarness(
  definition = (image: string): object => ({
    family: 'web',
    containerDefinitions: [{ name: 'app', image, memory: 64 }],
  }),
): Promise<ApiHarness> {
  const harness = await apiHarness();
  await harness.call('CreateCluster');
  for (const image of ['app:1', 'app:2']) await harness.call('RegisterTaskDefinition', definition(image));
  return harness;
}
