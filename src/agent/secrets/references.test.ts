import { expect, test } from 'vitest';
import { parseObjectArn, parseSecretReference } from './references.ts';

const arn = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:shop/db-AbCdEf';

test.each([
  [arn, { secretId: arn }],
  [`${arn}:::`, { secretId: arn }],
  [`${arn}:password::`, { secretId: arn, jsonKey: 'password' }],
  [`${arn}::AWSPREVIOUS:`, { secretId: arn, versionStage: 'AWSPREVIOUS' }],
  [`${arn}:::1b2c`, { secretId: arn, versionId: '1b2c' }],
  [`${arn}:user:AWSCURRENT:1b2c`, { secretId: arn, jsonKey: 'user', versionStage: 'AWSCURRENT', versionId: '1b2c' }],
  [`${arn}:password`, undefined],
  [`${arn}:password:`, undefined],
  [`${arn}::::`, undefined],
  ['shop/db', undefined],
  ['arn:aws:secretsmanager:us-east-1:000000000000:secret:', undefined],
])('%s', (valueFrom, expected) => {
  expect(parseSecretReference(valueFrom)).toEqual(expected);
});

test.each([
  ['arn:aws:s3:::shop/prod.env', { bucket: 'shop', key: 'prod.env' }],
  ['arn:aws-cn:s3:::shop/a/b c.env', { bucket: 'shop', key: 'a/b c.env' }],
  ['arn:aws:s3:::shop', undefined],
  ['s3://shop/prod.env', undefined],
])('%s', (text, expected) => {
  expect(parseObjectArn(text)).toEqual(expected);
});
