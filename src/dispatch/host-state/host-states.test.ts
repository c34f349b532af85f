import { expect, it } from 'vitest';
import { Ids, SeededRandom, silentLogger, Turnstile } from '#base';
import type { RoadsteadCommit, RoadsteadStore } from '#store';
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

type Store = Pick<RoadsteadStore, 'view' | 'read'>;

/** The documents of one host, whose agent acknowledges everything. */
function followed({ clock }: ControlPlane, store: Store): HostStates {
  const turns = new Turnstile({ turnMs: 4 }, { clock });
  turns.open();
  const states = new HostStates({ resendMs: { first: 5_000, max: 60_000 } }, [peerCompiler], {
    store: store as RoadsteadStore,
    clock,
    ids: new Ids(new SeededRandom(3)),
    logger: silentLogger,
    turns,
    background: new Background(silentLogger),
  });
  const channel = states.open(instance({ attributes }), (text) => {
    const messageId = String(decodeFrame(text)?.message['messageId']);
    setImmediate(() => channel !== undefined && states.acked(channel, messageId));
  });
  states.begin();
  return states;
}

// A commit that came between a pass's last look and its end was told with the next commit, in a quiet cluster never.
it('tells of a commit whenever in a pass it comes', async () => {
  await using plane = await ControlPlane.start();
  await plane.addInstance({ attributes });
  const { store } = plane;
  let moments = 0;
  let came: (() => void) | undefined;
  const read: Store['read'] = async (look) => {
    const found = await store.read(look);
    const comes = came;
    came = undefined;
    let after = Promise.resolve();
    for (let moment = 0; moment < moments; moment++) after = after.then(() => {});
    void after.then(comes);
    return found;
  };
  const states = followed(plane, { view: store.view, read });
  await plane.idle();

  let revision = store.revision;
  const commit = (): void => {
    const after = store.view.containerInstances.get(hostArn);
    const changes = [{ table: 'containerInstances', key: hostArn, before: undefined, after }];
    states.observe({ revision: ++revision, changes } as unknown as RoadsteadCommit);
  };
  for (; moments < 20; moments++) {
    came = commit;
    commit();
    await plane.idle();
    expect([moments, states.inStep(hostArn, revision)]).toEqual([moments, true]);
  }
});

// Found by the simulation: a disk that was full for a moment left hosts without documents until an agent connected.
it('goes on by itself once the store can be read again', async () => {
  await using plane = await ControlPlane.start();
  await plane.addInstance({ attributes });
  const { store } = plane;
  let full = true;
  const read: Store['read'] = (look) => (full ? Promise.reject(new Error('the disk is full')) : store.read(look));
  const states = followed(plane, { view: store.view, read });
  await plane.pass(10_000);
  expect(states.inStep(hostArn, 0)).toBe(false);
  full = false;
  await plane.pass(10_000);
  expect(states.inStep(hostArn, 0)).toBe(true);
});
