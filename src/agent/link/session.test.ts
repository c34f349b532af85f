import { expect, test } from 'vitest';
import { socketUrl } from './session.ts';

test('a websocket address is the endpoint with ws below it and a sorted query', () => {
  const query = { seqNum: '1', clusterArn: 'a/b', agentHash: 'x' };
  expect(socketUrl('http://10.0.0.5:4566/acs', query)).toBe(
    'ws://10.0.0.5:4566/acs/ws?agentHash=x&clusterArn=a%2Fb&seqNum=1',
  );
  expect(socketUrl('https://ecs.example/', {})).toBe('wss://ecs.example/ws?');
});
