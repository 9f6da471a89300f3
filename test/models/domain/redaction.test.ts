import { expect, it } from 'vitest';
import { redacted, redactorOf, secretVariable } from '../../../models/domain/redaction.js';

it('goes through every text of a value, names too, and leaves all else', () => {
  const redact = redactorOf({ DATABASE_URL: 'postgres://u:gEheim@h/d', TEMPORAL_API_KEY: 'key-s3cret' });
  const value = { a: ['x gEheim', { 'key-s3cret': 1, b: null }], n: 2.5, t: true };
  expect(redacted(value, redact)).toEqual({ a: ['x ***', { '***': 1, b: null }], n: 2.5, t: true });
});

it('knows the variables that let Athanor in to its servers', () => {
  for (const name of [
    'PGPASSWORD',
    'PGSSLPASSWORD',
    'TEMPORAL_API_KEY',
    'TEMPORAL_TLS_CLIENT_KEY_DATA',
    'TEMPORAL_GRPC_META_X',
  ])
    expect(name).toMatch(secretVariable);
  for (const name of ['PATH', 'TEMPORAL_ADDRESS', 'KEY']) expect(name).not.toMatch(secretVariable);
});
