import { execFile } from 'node:child_process';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { command } from '../../lab-adapters/command/index.js';
import { RedactingStream } from '../../lab-adapters/command/redacting-stream.js';
import type { JobResult } from '../../lab-adapters/contract.js';
import { JobFolder } from '../../lab-adapters/internal/job-folder.js';
import { AdapterError } from '../../models/domain/errors.js';
import { contextIn, ended, moleculeRequest, run, scratchFolder, starts, until } from './local-jobs.js';

const request = moleculeRequest('CCO');
/** With all that JSON, addresses and shells write in another way. */
const secret = `gE"heim-4711 ä/w\\rd`;
const env = { KEY: { from: 'LAB_TEST_SECRET' } };

async function shell(script: string, settings: object = { env }) {
  const folder = await scratchFolder();
  const parsed = command.settings.parse({ command: ['/bin/sh', '-c', script], ...settings });
  return { folder, adapter: command.create(parsed, contextIn(folder)) };
}

/** What is kept of a job, without artefacts. */
const textOf = (result: JobResult) => JSON.stringify(result);

afterEach(() => vi.unstubAllEnvs());

describe("a value from the worker's environment", () => {
  const asJson = JSON.stringify(secret).slice(1, -1);
  const ascii = asJson.replace('ä', '\\u00e4');
  const everySign = [...secret].map((sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');
  const printed: [string, string][] = [
    ['complains of it', `printf %s "$KEY" >&2; exit 3`],
    ['answers with nothing but it', `printf %s "$KEY"`],
    ['names it in an address', `printf '%s\\n' 'GET /x?k=${encodeURIComponent(secret)} failed' >&2; exit 3`],
    ['has it in details', `printf '%s\\n' '{"values": {"y": 1}, "details": {"${asJson}": ["${asJson}"]}}'`],
    ['spells it in ASCII', `printf '%s\\n' '{"values": {"y": 1}, "details": {"k": "${ascii}"}}'`],
    ['spells every sign', `printf '%s\\n' '{"values": {"y": 1}, "details": {"k": "${everySign}"}}'`],
    ['has it as a name', `printf '%s\\n' '{"values": {"y": 1, "${asJson}": 2}}'`],
    [
      'fails with it',
      `printf '%s\\n' '{"failure": {"class": "device", "code": "${asJson}", "message": "no ${asJson}"}}'`,
    ],
    ['answers what does not fit', `printf '%s\\n' '{"${asJson}": 1}'`],
    ['repeats its whole environment', `env; env >&2; exit 1`],
  ];
  it.each(printed)('comes back from no program that %s', async (_, script) => {
    vi.stubEnv('LAB_TEST_SECRET', secret);
    const { adapter } = await shell(script);
    const text = textOf(await run(adapter, 'c/r1/p1', request));
    expect(text).toContain('***');
    expect(text).not.toMatch(/heim|4711/);
  });

  it('of several lines comes back in none of them', async () => {
    vi.stubEnv('LAB_TEST_SECRET', '-----BEGIN KEY-----\r\nMIIEvQIBADAN\r\nBgkqhkiG9w0B\r\n-----END KEY-----\r\n');
    const script = `printf %s "$KEY" | tail -n 2 | sed 's/^/key: /' >&2; printf %s "$KEY" | head -n 2; exit 1`;
    const text = textOf(await run((await shell(script)).adapter, 'c/r1/p1', request));
    expect(text).toContain('key: ***');
    expect(text).not.toMatch(/MII|Bgk/);
  });

  it('is whole where the program wants it', async () => {
    vi.stubEnv('LAB_TEST_SECRET', secret);
    const sum = `printf '{"values": {"y": %s}}' "$(printf %s "$KEY" | wc -c)"`;
    expect((await run((await shell(sum)).adapter, 'c/r1/p1', request)).values).toEqual({
      y: Buffer.byteLength(secret),
    });
  });

  it('is not cut in two where output is cut', async () => {
    vi.stubEnv('LAB_TEST_SECRET', secret);
    // The last 8,192 bytes of stderr begin, and its last 2,000 characters, somewhere in a secret.
    for (const after of [8_192 - 9, 2_000 - 9]) {
      const flood = `printf %s "$KEY" >&2; head -c ${after} /dev/zero | tr '\\0' x >&2; exit 1`;
      const text = textOf(await run((await shell(flood)).adapter, 'c/r1/p1', request));
      expect(text).toContain('xxxx');
      expect(text).not.toMatch(/heim|4711|w\\\\rd/);
    }
    const long = `head -c 1990 /dev/zero | tr '\\0' x; printf %s "$KEY"; exit 1`;
    expect(textOf(await run((await shell(long)).adapter, 'c/r1/p1', request))).not.toMatch(/heim/);
    const over = `head -c ${2 ** 20 - 9} /dev/zero | tr '\\0' x; printf %s "$KEY"; printf %s "$KEY"`;
    const result = await run((await shell(over)).adapter, 'c/r1/p1', request);
    expect(result.cause).toMatchObject({ code: 'notJson' });
    expect(textOf(result)).not.toMatch(/heim/);
  });

  it('is in no file of the job, while it runs and after, and the files are for nobody else', async () => {
    vi.stubEnv('LAB_TEST_SECRET', 'plain-4711-plain');
    const mark = join(await scratchFolder(), 'goes on');
    const script = `echo "$KEY"; echo "$KEY" >&2; while [ ! -e '${mark}' ]; do sleep 0.05; done; exit 1`;
    const { folder, adapter } = await shell(script);
    const job = await adapter.submit('c/r1/p1', request, { fence: 1 });
    const state = join(folder, 'jobs', job);
    await until(async () => (await readdir(state)).includes('complaint'));
    const find = () =>
      promisify(execFile)('grep', ['-rl', '4711', folder]).then(
        ({ stdout }) => stdout,
        () => '',
      );
    expect(await find()).toBe('');
    for (const name of await readdir(state)) expect((await stat(join(state, name))).mode & 0o077, name).toBe(0);
    await promisify(execFile)('touch', [mark]);
    expect(textOf(await ended(adapter, job))).toContain('***');
    expect(await find()).toBe('');
  });

  it('stays hidden where the worker that reads the answer has another value by then', async () => {
    vi.stubEnv('LAB_TEST_SECRET', 'first-4711-value');
    const { adapter } = await shell(`echo "no $KEY here" >&2; exit 1`);
    const job = await adapter.submit('c/r1/p1', request, { fence: 1 });
    vi.stubEnv('LAB_TEST_SECRET', 'second-value');
    const result = await ended(adapter, job);
    expect(result.cause?.message).toContain('no *** here');
  });

  it.each([
    ['', 'not set'],
    ['short', '8 characters or more'],
    ['123456789.5', 'not all of them those of a number'],
  ])('that is %j keeps the trial from starting, in words, until it is there', async (value, words) => {
    vi.stubEnv('LAB_TEST_SECRET', value);
    const { folder, adapter } = await shell(`echo '{"values": {"y": 1}}'`);
    const refusal = { code: 'ADAPTER', message: expect.stringMatching(new RegExp(`LAB_TEST_SECRET.*${words}`)) };
    await expect(adapter.validate(request)).rejects.toMatchObject(refusal);
    await expect(adapter.submit('c/r1/p1', request, { fence: 1 })).rejects.toMatchObject(refusal);
    expect(await adapter.health()).toMatchObject({ ok: false, message: expect.stringContaining('LAB_TEST_SECRET') });
    expect(await adapter.find('c/r1/p1', { fence: 1 })).toBeNull();
    vi.stubEnv('LAB_TEST_SECRET', 'there it is');
    expect(await adapter.validate(request)).toEqual([]);
    expect((await run(adapter, 'c/r1/p1', request)).values).toEqual({ y: 1 });
    expect(Object.values(await starts(folder))).toEqual([1]);
  });

  it('that goes when the job was accepted and not begun is waited for', async () => {
    let there = false;
    const jobs = new JobFolder(await scratchFolder(), {
      get environment() {
        if (!there) throw new AdapterError('no LAB_TEST_SECRET');
        return { PATH: process.env.PATH! };
      },
      parse: async ({ durationMs }) => ({ state: 'succeeded', values: { y: 1 }, cost: 0, durationMs }),
      spent: async () => 0,
    });
    const plan = { script: 'true', files: {}, timeoutMs: 60_000 };
    await expect(jobs.accept('c/r1/p1', request, async () => plan)).rejects.toThrow(/no LAB_TEST_SECRET/);
    const job = (await jobs.find('c/r1/p1'))!;
    await expect(jobs.look(job)).rejects.toMatchObject({ code: 'ADAPTER' });
    expect(await readdir(join(jobs.ledger, '..'))).not.toContain('work');
    there = true;
    await until(async () => typeof (await jobs.look(job)) !== 'string');
    expect(await jobs.look(job)).toMatchObject({ state: 'succeeded' });
    expect(await starts(join(jobs.ledger, '..'))).toEqual({ 'c/r1/p1': 1 });
  });
});

it('does not hand on what lets the worker in to its own servers, unless it is asked to', async () => {
  const own = { DATABASE_URL: 'postgres://u:gEheim@h/d', PGPASSWORD: 'gEheim-pg', TEMPORAL_API_KEY: 'gEheim-key' };
  for (const [name, value] of Object.entries(own)) vi.stubEnv(name, value);
  vi.stubEnv('LAB_FLAVOUR', 'sour');
  const script = 'env >&2; exit 1';
  const text = textOf(await run((await shell(script, {})).adapter, 'c/r1/p1', request));
  expect(text).toContain('LAB_FLAVOUR=sour');
  expect(text).not.toMatch(/gEheim/);
  const count = `printf '{"values": {"y": %s}}' "\${#DATABASE_URL}"`;
  const asked = await shell(count, { env: { DATABASE_URL: { from: 'DATABASE_URL' } } });
  expect((await run(asked.adapter, 'c/r1/p1', request)).values).toEqual({ y: own.DATABASE_URL.length });
});

it('gives the program the umask of the worker', async () => {
  const { adapter } = await shell(`printf '{"values": {"y": %s}}' "$(umask | sed 's/^0*/1/')"`, {});
  const mask = process.umask();
  expect((await run(adapter, 'c/r1/p1', request)).values.y).toBe(Number(`1${mask.toString(8)}`));
});

describe('a stream without secrets', () => {
  const forms = ['geheimnisvoll', 'geheimnis', 'a.b*c(d)'];
  const whole = (text: string) => forms.reduce((left, form) => left.replaceAll(form, '***'), text);

  it('is the same wherever it is cut', () => {
    const piece = fc.constantFrom(...forms, 'g', 'gehe', 'imnis', 'voll', 'x', '\n', 'a.b', 'axbbc(d)', '');
    fc.assert(
      fc.property(fc.array(piece), fc.array(fc.nat({ max: 20 })), (pieces, lengths) => {
        const text = `${pieces.join('')}.`;
        const stream = new RedactingStream(forms);
        let shown = '';
        let at = 0;
        for (const length of lengths) {
          shown += stream.push(text.slice(at, at + length));
          at += length;
        }
        expect(shown + stream.push(text.slice(at)) + stream.end()).toBe(whole(text));
      }),
      { seed: 20 },
    );
  });

  it('ends without the beginning of a secret that broke off', () => {
    const stream = new RedactingStream(forms);
    expect(stream.push('see gehei') + stream.end()).toBe('see ***');
  });
});

it('reads the variable it is told, and no other form', async () => {
  expect(command.settings.safeParse({ command: ['x'], env: { A: { from: 'B C' } } }).success).toBe(false);
  expect(command.settings.safeParse({ command: ['x'], env: { A: { form: 'B' } } }).success).toBe(false);
  expect(await readFile(new URL('../../lab-adapters/command/README.md', import.meta.url), 'utf8')).toContain('{from:');
});
