import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { redactorOf, withoutPassword } from '../../models/domain/redaction.js';
import { runCli } from '../support/cli.js';

/** Connection strings whose password is some spelling of `gEheim`, and what may be shown of them. */
const urls: [url: string, shown: string, ...spellings: string[]][] = [
  ['postgres://u:gEheim@127.0.0.1:9/d', 'postgres://u:***@127.0.0.1:9/d', 'gEheim'],
  ['postgres://u:gEheim%21x@127.0.0.1:9/d', 'postgres://u:***@127.0.0.1:9/d', 'gEheim%21x', 'gEheim!x'],
  ['postgres://u:gE@heim@127.0.0.1:9/d', 'postgres://u:***@127.0.0.1:9/d', 'gE@heim', 'gE%40heim', 'heim'],
  ['postgres://u@127.0.0.1:9/d?password=gEheim', 'postgres://u@127.0.0.1:9/d?password=***', 'gEheim'],
  [
    'postgres://127.0.0.1:9/d?user=u&password=gE%23heim',
    'postgres://127.0.0.1:9/d?user=u&password=***',
    'gE#heim',
    'heim',
  ],
  ['postgres://u:gEheim@127.0.0.1:9/d?options=a@b', 'postgres://u:***@127.0.0.1:9/d?options=a@b', 'gEheim'],
  ['postgres://u:gE heim@127.0.0.1:9/d', 'postgres://u:***@127.0.0.1:9/d', 'gE heim', 'gE%20heim', 'heim'],
  ['postgres://u:gE#heim@127.0.0.1:9/d', 'postgres://u:***@127.0.0.1:9/d', 'gE#heim', 'heim'],
  ['postgres://u:gE/heim@127.0.0.1:9/d', 'postgres://u:***@127.0.0.1:9/d', 'gE/heim', 'heim'],
  ['postgres://u:gE:heim@127.0.0.1:9/d', 'postgres://u:***@127.0.0.1:9/d', 'gE:heim', 'heim'],
  ['postgres://u:gE?heim@127.0.0.1:9/d', 'postgres://u:***@127.0.0.1:9/d', 'gE?heim', 'heim'],
  ['postgres://u:%gEheim@127.0.0.1:9/d', 'postgres://u:***@127.0.0.1:9/d', '%gEheim'],
  ['mysql://u:gEheim@127.0.0.1:9/d', 'mysql://u:***@127.0.0.1:9/d', 'gEheim'],
  ['postgres:u:gEheim@127.0.0.1:9/d', 'postgres:u:***@127.0.0.1:9/d', 'gEheim'],
  ["host=127.0.0.1 user=u password='gE heim'", 'host=127.0.0.1 user=u password=***', 'gE heim', 'heim'],
  ['host=127.0.0.1 password=gEheim', 'host=127.0.0.1 password=***', 'gEheim'],
];

it.each(urls)('%s is shown as %s', (url, shown) => {
  expect(withoutPassword(url)).toBe(shown);
});

it.each(urls)('%s: no spelling of its password gets through a message', (url, _, ...spellings) => {
  const redact = redactorOf({ DATABASE_URL: url });
  for (const spelling of spellings)
    for (const message of [
      `connect failed: ${url}`,
      `password authentication failed (${spelling})`,
      `getaddrinfo ENOTFOUND ${spelling}`,
      `Invalid URL: {"input":"${spelling}"}`,
      `could not use postgresql://someone:${spelling}@elsewhere/db, nor x`,
    ])
      expect(redact(message)).not.toContain(spelling === 'heim' ? 'gEheim' : spelling);
});

it('takes out other secrets of the environment, and leaves prose as it is', () => {
  const redact = redactorOf({
    PGPASSWORD: 'pg-s3cret',
    TEMPORAL_API_KEY: 'key-s3cret',
    DATABASE_URL: 'postgres://a:b@h/d',
  });
  expect(redact('pg-s3cret and key-s3cret')).toBe('*** and ***');
  const prose = 'a bad b: https://h:8233/x, me@lab.org; best at x=3 at cost=4';
  expect(redact(prose)).toBe(prose);
});

it('holds for what the command prints: errors, doctor, notes of services', async () => {
  const home = await mkdtemp(join(tmpdir(), 'athanor-secret-'));
  try {
    for (const [url, , ...spellings] of urls.filter((_, i) => [1, 2, 4, 7].includes(i)))
      for (const args of [['list'], ['doctor', '--json']]) {
        const env = { ATHANOR_HOME: home, DATABASE_URL: url, TEMPORAL_ADDRESS: '127.0.0.1:9' };
        const { code, stdout, stderr } = await runCli(args, { env });
        expect(code).toBeGreaterThan(1);
        for (const spelling of spellings) expect(stdout + stderr).not.toContain(spelling);
        expect(stderr).not.toMatch(/^\s+at /m);
      }
  } finally {
    await rm(home, { recursive: true, force: true });
  }
});
