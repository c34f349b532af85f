import { instantFromMs, ManualClock, SeededRandom } from '#base';
import { runtimeSuite } from './runtime.suite.ts';
import { SimulatedRuntime } from './simulated.ts';

runtimeSuite(
  'simulated',
  async () => {
    const clock = new ManualClock(instantFromMs(1_760_000_000_000));
    const runtime = new SimulatedRuntime(
      {
        images: ['app:1'],
        behaviour: (_name, { Cmd }) => {
          const [command, code] = Cmd as string[];
          return command === 'exit' ? { endsAfterMs: 10, exitCode: Number(code) } : {};
        },
      },
      { clock, random: new SeededRandom(1) },
    );
    return {
      runtime,
      image: 'app:1',
      prefix: 'suite',
      until: async (condition) => {
        for (let i = 0; i < 100 && !(await condition()); i++) clock.advanceMs(10);
      },
      ends: (exitCode) => ({ Cmd: ['exit', String(exitCode)] }),
    };
  },
  async () => {},
);
