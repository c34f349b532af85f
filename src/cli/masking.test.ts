import { expect, test } from 'vitest';
import { maskBody, maskHeader } from './masking.ts';

test('bodies lose their secrets and nothing else', () => {
  expect(maskBody('{"accessKeyId":"AKIA","secretAccessKey":"a\\"b","SessionToken": "x","name":"n"}')).toBe(
    '{"accessKeyId":"AKIA","secretAccessKey":"***","SessionToken": "***","name":"n"}',
  );
  expect(maskBody('[{"name":"DB_PASSWORD","value":"p"},{"name":"LEVEL","value":"info"}]')).toBe(
    '[{"name":"DB_PASSWORD","value":"***"},{"name":"LEVEL","value":"info"}]',
  );
});

test('headers lose what could be used again', () => {
  expect(maskHeader('Authorization', 'AWS4-HMAC-SHA256 Credential=A/1, Signature=0a1b')).toBe(
    'AWS4-HMAC-SHA256 Credential=A/1, Signature=***',
  );
  expect(maskHeader('x-amz-security-token', 'abc')).toBe('***');
  expect(maskHeader('host', 'h')).toBe('h');
});
