import { expect, it } from 'vitest';
import { Ids, SeededRandom, silentLogger, Turnstile } from '#base';
import type { RoadsteadStore } from '#store';
import { decodeFrame } from '#wire/link';
import { Background } from '../background.ts';
import { ControlPlane } from '../test-support/control-plane.ts';
import { hostArn, instance } from '../test-support/records.ts';
import { HostStates } from './host-states.ts';
import { peerCompiler } from './peer.ts';

const attributes = [
  { name: 'roadstead.capability.network' },
  { name: 'roadstead.underlay-address', value: '10.0.0.1' },
];

// A commit that came between a pass's last look and its end was told with the next commit, in a quiet cluster never.
it('tells of a commit whenever in a pass it comes', async () => {
  await using plane = await ControlPlane.start();
  await plane.addInstance({ attributes });
  const { clock, store } = plane;
  const turns = new Turnstile({ turnMs: 4 }, { clock });
  turns.open();
  let moments = 0;
  let came: (() => void) | undefined;
  const watched = {
    view: store.view,
    read: async (look: Parameters<RoadsteadStore['read']>[0]) => {
      const found = await store.read(look);
      const comes = came;
      came = undefined;
      let after = Promise.resolve();
      for (let moment = 0; moment < moments; moment++) after = after.then(() => {});
      void after.then(comes);
      return found;
    },
  };
  const states = new HostStates({ resendMs: { first: 5_000, max: 60_000 } }, [peerCompiler], {
    store: watched as unknown as RoadsteadStore,
    clock,
    ids: new Ids(new SeededRandom(3)),
    logger: silentLogger,
    turns,
    background: new Background(silentLogger),
  });
  let told = 0;
  const channel = states.open(instance({ attributes }), (text) => {
    told += 1;
    const messageId = String(decodeFrame(text)?.message['messageId']);
    setImmediate(() => channel !== undefined && states.acked(channel, messageId));
  });
  states.begin();
  await plane.idle();

  let revision = store.revision;
  const commit = (): void => {
    const after = store.view.containerInstances.get(hostArn);
    const changes = [{ table: 'containerInstances', key: hostArn, before: undefined, after }];
    states.observe({ revision: ++revision, changes } as unknown as Parameters<HostStates['observe']>[0]);
  };
  for (; moments < 20; moments++) {
    came = commit;
    commit();
    await plane.idle();
    expect([moments, states.inStep(hostArn, revision)]).toEqual([moments, true]);
  }
  expect(told).toBeGreaterThan(0);
});
