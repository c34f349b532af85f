import { expect, it } from 'vitest';
import { type AccountId, type Region } from '#model';
import { tagAccess } from './tag-access.ts';

const scope = { accountId: '111111111111' as AccountId, region: 'eu-west-1' as Region };
const access = { action: 'ecs:CreateCluster', resource: 'arn:aws:ecs:eu-west-1:111111111111:cluster/web' };
const asked = (operation: string, input: object, service = 'ecs') =>
  tagAccess({ service, operation, input }, access, { scope });

it('asks for tagging too when something is made with tags', () => {
  expect(asked('CreateCluster', { tags: [{ key: 'a' }] })).toEqual([
    { action: 'ecs:TagResource', resource: access.resource },
  ]);
  expect(asked('RunTask', { tags: [{ key: 'a' }] })).toEqual([
    { action: 'ecs:TagResource', resource: 'arn:aws:ecs:eu-west-1:111111111111:task/*' },
  ]);
});

it('asks for nothing more without tags, and where tagging is what is asked for', () => {
  expect(asked('CreateCluster', {})).toEqual([]);
  expect(asked('CreateCluster', { tags: [] })).toEqual([]);
  expect(asked('TagResource', { tags: [{ key: 'a' }] })).toEqual([]);
});

it('asks for the tagging of a log group that is made with tags, which are a map there', () => {
  const group = { tags: { team: 'shop' } };
  expect(asked('CreateLogGroup', group, 'cloudwatch-logs')).toEqual([
    { action: 'logs:TagResource', resource: access.resource },
  ]);
  expect(asked('CreateLogGroup', {}, 'cloudwatch-logs')).toEqual([]);
  expect(asked('TagLogGroup', group, 'cloudwatch-logs')).toEqual([]);
});

it('asks for the tagging of what is made with tags in Cloud Map, whose members have capitals', () => {
  const namespace = { Tags: [{ Key: 'a', Value: 'b' }] };
  const tagging = [{ action: 'servicediscovery:TagResource', resource: access.resource }];
  expect(asked('CreateHttpNamespace', namespace, 'servicediscovery')).toEqual(tagging);
  expect(asked('CreateService', {}, 'servicediscovery')).toEqual([]);
  expect(asked('TagResource', namespace, 'servicediscovery')).toEqual([]);
});

it('asks for CreateTags of what EC2 makes with tags', () => {
  const tagged = { TagSpecifications: [{ ResourceType: 'vpc', Tags: [{ Key: 'a', Value: 'b' }] }] };
  expect(asked('CreateVpc', tagged, 'ec2')).toEqual([{ action: 'ec2:CreateTags', resource: '*' }]);
  expect(asked('CreateVpc', {}, 'ec2')).toEqual([]);
});
