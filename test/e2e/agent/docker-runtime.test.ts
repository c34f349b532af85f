import { DockerRuntime, engineAddress } from '#agent';
import { runtimeSuite } from '../../../src/agent/runtime/runtime.suite.ts';
import { clock, ids, makeTestImage, removeTestImage, testImage, until } from './harness.ts';

runtimeSuite(
  'Docker Engine',
  async () => {
    makeTestImage();
    return {
      runtime: new DockerRuntime({ address: engineAddress(process.env['DOCKER_HOST']) }, { clock }),
      image: testImage,
      prefix: `roadstead-suite-${ids.hex(8)}`,
      until: async (condition) => {
        await until('the condition', condition);
      },
      ends: (exitCode) => ({ Cmd: ['sh', '-c', `exit ${exitCode}`] }),
    };
  },
  async () => removeTestImage(),
);
