import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { command } from '../../lab-adapters/command/index.js';
import { answerLimit } from '../../lab-adapters/command/program.js';
import { readAnswer } from '../../lab-adapters/command/wire.js';
import type { JobRequest } from '../../lab-adapters/contract.js';
import { JobState } from '../../lab-adapters/internal/job-state.js';
import { Seal } from '../../lab-adapters/internal/seal.js';
import { observe } from '../../models/domain/observe.js';
import { ruled, rulingFault } from '../../models/domain/ruling.js';
import { describeAdapterLaws } from '../laws/adapter.js';
import { contentOf } from '../support/raw-output.js';
import { contextIn, ended, isRunning, moleculeRequest, run, scratchFolder, starts, until } from './local-jobs.js';

const request = { ...moleculeRequest('CCO'), rowId: 'row-7' };

/** An adapter that runs a shell script. */
async function shell(script: string, settings: object = {}) {
  const folder = await scratchFolder();
  const parsed = command.settings.parse({ command: ['/bin/sh', '-c', script], ...settings });
  return { folder, adapter: command.create(parsed, contextIn(folder)) };
}

const scenario = (script: string, settings: object = {}, asked: JobRequest = request) => ({
  open: (folder: string) =>
    command.create(command.settings.parse({ command: ['/bin/sh', '-c', script], ...settings }), contextIn(folder)),
  request: asked,
});
describeAdapterLaws('command', {
  newFolder: scratchFolder,
  clock: contextIn('').clock,
  starts: async (folder) => Object.entries(await starts(folder)).flatMap(([key, n]) => Array(n).fill(key) as string[]),
  succeeds: scenario(`echo '{"values": {"y": 1.5}}'`, { deterministic: true }),
  another: { ...request, rowId: 'row-8' },
  fails: scenario('exit 1'),
  runsLong: scenario('sleep 600'),
});

const answerOf = async (script: string, settings: object = {}) => {
  const { adapter } = await shell(script, settings);
  return run(adapter, 'c/r1/p1', request);
};

describe('a command', () => {
  it('gets the request on stdin and answers on stdout', async () => {
    const folder = await scratchFolder();
    const seen = join(folder, 'seen.json');
    const answer = '{"values": {"y": 1.5, "extra": 2}, "noise": {"y": 0.1}, "cost": 3, "details": {"note": "fine"}}';
    const result = await answerOf(`cat > '${seen}'; echo busy >&2; echo '${answer}'`);
    expect(JSON.parse(await readFile(seen, 'utf8'))).toEqual({ key: 'c/r1/p1', ...request });
    expect(result).toMatchObject({
      state: 'succeeded',
      values: { y: 1.5 },
      noise: { y: 0.1 },
      cost: 3,
      details: { note: 'fine', otherValues: { extra: 2 } },
    });
    expect(result.cause).toBeUndefined();
  });

  it('that is asked for nothing is done without a value, and keeps those that it gives all the same', async () => {
    const asked = { ...request, objectives: [] };
    const { adapter } = await shell(`echo '{"values": {}}'`);
    expect(await run(adapter, 'c/r1/p1', asked)).toMatchObject({ state: 'succeeded', values: {} });
    const { adapter: talkative } = await shell(`echo '{"values": {"y": 2}}'`);
    expect(await run(talkative, 'c/r1/p1', asked)).toMatchObject({ values: {}, details: { otherValues: { y: 2 } } });
  });

  it('has the files kept that its answer names, after its folder is gone', async () => {
    const files = {
      'a/b.csv': 'out/a.csv',
      'a_b.csv': 'out/b.csv',
      'large.raw': { path: 'l.raw', mediaType: 'x/y' },
      zero: '/dev/zero',
      none: 'none',
    };
    const answer = JSON.stringify({ values: { y: 1 }, files });
    const script = `mkdir out; echo 1,2 > out/a.csv; echo 3 > out/b.csv; head -c 2000000 /dev/zero > l.raw; echo '${answer}'`;
    const { folder, adapter } = await shell(script);
    const result = await run(adapter, 'c/r1/p1', request);
    expect(result).toMatchObject({ values: { y: 1 } });
    const again = command.create(command.settings.parse({ command: ['/bin/sh', '-c', script] }), contextIn(folder));
    const job = await again.submit('c/r1/p1', request, { fence: 2 });
    const { artefacts = {}, details } = await again.result(job);
    expect(Object.keys(artefacts)).toEqual(['a_b.csv', 'a_b.csv (2)', 'large.raw']);
    expect((await contentOf(artefacts['a_b.csv'])).toString()).toBe('1,2\n');
    expect((await contentOf(artefacts['a_b.csv (2)'])).toString()).toBe('3\n');
    expect(artefacts['large.raw']).toMatchObject({ size: 2_000_000, mediaType: 'x/y' });
    expect(details!.artefactsLeft).toEqual([
      'zero: cannot be read: /dev/zero is no file',
      expect.stringMatching(/^none: cannot be read: ENOENT/),
    ]);
  });

  it('says what it reached, and what it measured around', async () => {
    const answer =
      '{"values": {"y": 1}, "achieved": {"t": 81.7, "s": "b"}, "contexts": {"rh": {"value": 41, "unit": "%"}}}';
    expect(await answerOf(`echo '${answer}'`)).toMatchObject({
      achieved: { t: 81.7, s: 'b' },
      contexts: { rh: { value: 41, unit: '%' } },
    });
  });

  it('costs what it says, else the setting, else its seconds', async () => {
    expect((await answerOf(`echo '{"values": {"y": 1}, "cost": 0}'`, { cost: 5 })).cost).toBe(0);
    expect((await answerOf(`echo '{"values": {"y": 1}}'`, { cost: 5 })).cost).toBe(5);
    const timed = await answerOf(`sleep 0.1; echo '{"values": {"y": 1}}'`);
    expect(timed.cost).toBe(timed.durationMs / 1000);
    expect(timed.cost).toBeGreaterThanOrEqual(0.08);
  });

  it('runs in its folder, with its environment, and takes arguments as they are', async () => {
    const cwd = await scratchFolder();
    await mkdir(join(cwd, "it's here"));
    const script = join(cwd, "it's here", 'program.sh');
    await writeFile(
      script,
      `#!/bin/sh\nprintf '{"values":{"y":1},"details":{"at":"%s","env":"%s","arg":"%s"}}' "$PWD" "$FLAVOUR" "$1"`,
      {
        mode: 0o755,
      },
    );
    const settings = command.settings.parse({
      command: ['./program.sh', '$HOME `ls` *'],
      cwd: join(cwd, "it's here"),
      env: { FLAVOUR: 'sour' },
    });
    expect(await command.check?.(settings)).toEqual([]);
    const adapter = command.create(settings, contextIn(await scratchFolder()));
    const { details } = await run(adapter, 'k', request);
    expect(details).toEqual({ at: join(cwd, "it's here"), env: 'sour', arg: '$HOME `ls` *' });
  });

  it('reports a failure of its own, even with an exit code', async () => {
    const failure = '{"class": "chemistry", "code": "precipitated", "message": "it fell out"}';
    for (const exit of [0, 4])
      expect(await answerOf(`echo '{"failure": ${failure}, "cost": 2}'; exit ${exit}`)).toMatchObject({
        state: 'failed',
        values: {},
        cost: 2,
        cause: JSON.parse(failure) as object,
      });
  });

  it.each([
    ['noAnswer', 'unknown', 'true'],
    ['notJson', 'unknown', 'echo 42 apples'],
    ['notJson', 'unknown', `echo '{"values": {"y": NaN}}'`],
    ['notJson', 'unknown', `echo '{"values": {"y": 1}}'; echo '{"values": {"y": 1}}'`],
    ['badAnswer', 'unknown', `echo '{"values": {"y": 1}, "bogus": 1}'`],
    ['badAnswer', 'unknown', `echo '{}'`],
    ['badAnswer', 'unknown', `echo '{"values": {"y": 8, "y": 9}}'`],
    ['badAnswer', 'unknown', `echo '{"values": {"y": 8}, "values": {"y": 9}}'`],
    ['exitCode', 'unknown', `echo '{"values": {"y": 1}}'; exit 3`],
    ['signal', 'unknown', 'kill -SEGV $$'],
    ['killed', 'device', 'kill -KILL $$'],
    ['tooMuchOutput', 'unknown', 'yes'],
    ['tooMuchOutput', 'unknown', `head -c ${answerLimit + 1} /dev/zero`],
  ])('ends as failed with cause %s (%s): %s', async (code, blame, script) => {
    const result = await answerOf(`echo 'oh dear' >&2; ${script}`);
    expect(result).toMatchObject({ state: 'failed', values: {}, cause: { code, class: blame } });
    expect(result.cause?.message).toContain('oh dear');
  });

  it('takes what is null as not measured', async () => {
    const several = moleculeRequest('CCO', ['capacity', 'impurity']);
    const settings = (answer: object) =>
      command.settings.parse({ command: ['sh', '-c', `echo '${JSON.stringify(answer)}'`] });
    const answered = async (answer: object) =>
      run(command.create(settings(answer), contextIn(await scratchFolder())), 'k', several);
    const noise = { capacity: 0.1, impurity: null };
    const part = { values: { capacity: 5, impurity: null }, noise, cost: null, details: { a: null }, failure: null };
    const told = await answered(part);
    expect(told).toMatchObject({ state: 'succeeded', values: { capacity: 5 }, noise: { capacity: 0.1 } });
    expect(told.values).not.toHaveProperty('impurity');
    expect(told.details).toEqual({ a: null });
    expect(await answered({ values: { capacity: null, impurity: null } })).toMatchObject({
      ...{ state: 'succeeded', values: {} },
      details: { answer: expect.stringContaining('"capacity":null') },
    });
    const failure = { class: 'device', code: 'stuck', message: 'it is stuck' };
    expect(await answered({ values: null, failure })).toMatchObject({ state: 'failed', cause: failure });
  });

  it.each([
    [`{"values": {"y": "1"}}`, 'y = "1"', { y: '1' }],
    [`{"values": {"y": 1e999}}`, 'Infinity', { y: '"Infinity"' }],
    [`{"values": {"z": 1}}`, 'y = nothing', {}],
  ])('without a number is set aside by who judges all answers: %s', async (answer, message, values) => {
    const result = await answerOf(`echo 'oh dear' >&2; echo '${answer}'`);
    expect(result).toMatchObject({ state: 'succeeded', values, details: { answer: `${answer}\n`, stderr: 'oh dear' } });
    const terms = { outcomes: ['y'], statedCost: null };
    expect(observe('t', terms, result.state, result)).toMatchObject({
      outcome: 'quarantined',
      cause: { code: 'notFinite', message: expect.stringContaining(message) },
      details: { answer: `${answer}\n`, stderr: 'oh dear' },
    });
  });

  it.each([
    ['n/a', 'n/a'],
    [true, 'true'],
    [{ a: [1] }, '{"a":[1]}'],
  ])('leaves %j among several outcomes to be judged with the answers of all adapters', async (odd, kept) => {
    const outcomes = ['capacity', 'impurity'];
    const answer = { values: { capacity: 5, impurity: odd, colour: 'red' }, noise: { capacity: 0.5 }, cost: 2 };
    const script = `echo '${JSON.stringify(answer)}'`;
    const { adapter } = await shell(script);
    const { state, ...result } = await run(adapter, 'k', moleculeRequest('CCO', outcomes));
    expect(result.values).toEqual({ capacity: 5, impurity: kept });
    const observation = observe('c/r1/p1', { outcomes, statedCost: null }, state, result);
    expect(observation).toMatchObject({
      outcome: 'quarantined',
      values: {},
      cost: 2,
      cause: { code: 'notFinite', message: expect.stringContaining('impurity = ') },
      details: { answered: { capacity: 5, impurity: kept }, otherValues: { colour: 'red' } },
    });
    // What was good is a person's to release.
    const release = { verdict: 'release', values: {}, cause: null, who: 'ann', why: 'the other is for later' } as const;
    expect(rulingFault(observation, observation, release, outcomes)).toBeNull();
    expect(ruled(observation, observation, release, outcomes)).toMatchObject({
      outcome: 'measured',
      values: { capacity: 5 },
      noise: { capacity: 0.5 },
    });
    // A noise that is none leaves the value to be released in the same way.
    const noisy = await shell(`echo '{"values": {"y": 1.5}, "noise": {"y": "high"}}'`);
    const { state: over, ...loud } = await run(noisy.adapter, 'k', request);
    expect(observe('c/r1/p1', { outcomes: ['y'], statedCost: null }, over, loud)).toMatchObject({
      outcome: 'quarantined',
      cause: { code: 'badNoise' },
      details: { answered: { y: 1.5 } },
    });
  });

  it('keeps an answer that makes no sense, for a person to read', async () => {
    expect((await answerOf('echo 42 apples')).details).toEqual({ answer: '42 apples\n' });
  });

  it('keeps only the end of a long complaint', async () => {
    const { cause } = await answerOf('i=0; while [ $i -lt 3000 ]; do echo line $i >&2; i=$((i+1)); done; exit 1');
    expect(cause?.message).toMatch(/line 2999$/);
    expect(cause?.message.length).toBeLessThan(3000);
  });

  it('is killed with all its children at the time limit', async () => {
    const pid = join(await scratchFolder(), 'pid');
    const result = await answerOf(`sh -c 'echo $$ > ${pid}; sleep 60' & wait`, { timeout: '2s' });
    expect(result).toMatchObject({ state: 'failed', cause: { class: 'device', code: 'timeout' } });
    expect(await isRunning(pid)).toBe(false);
  });

  it('is not waited for where it has answered, and a child of it holds its stdout', async () => {
    const pid = join(await scratchFolder(), 'pid');
    const child = `sh -c 'echo $$ > ${pid}; exec sleep 600' &`;
    const wait = `while ! [ -s ${pid} ]; do sleep 0.02; done`;
    const result = await answerOf(`${child} ${wait}; echo '{"values": {"y": 1}}'`);
    expect(result).toMatchObject({ state: 'succeeded', values: { y: 1 } });
    expect(await isRunning(pid)).toBe(false);
    const failure = '{"class": "chemistry", "code": "gone", "message": "gone"}';
    const failed = await answerOf(`${child} ${wait}; echo '{"failure": ${failure}}'; exit 3`);
    expect(failed).toMatchObject({ state: 'failed', cause: { code: 'gone' } });
  });

  it('with a secret is not waited for either', async () => {
    vi.stubEnv('LAB_TEST_SECRET', 'gEheim-4711-and-long');
    const settings = { env: { KEY: { from: 'LAB_TEST_SECRET' } } };
    const result = await answerOf(`(sleep 600 &) ; echo '{"values": {"y": 1}}'`, settings);
    vi.unstubAllEnvs();
    expect(result).toMatchObject({ state: 'succeeded', values: { y: 1 } });
  });

  it('has its answer taken where nobody looked before the time limit', async () => {
    const answer = `(sleep 600 &) ; echo '{"values": {"y": 1}}'`;
    const late = await shell(answer, { timeout: '8s' });
    const job = await late.adapter.submit('k', request, { fence: 1 });
    const state = join(late.folder, 'jobs', job);
    await until(async () => (await readFile(join(state, 'ended'), 'utf8').catch(() => '')) !== '');
    expect(await late.adapter.status(job)).toMatchObject({ state: 'succeeded' });
    expect((await late.adapter.result(job)).durationMs).toBeLessThan(8_000);
  });

  it('has its answer taken by whoever settles the job, once it was noted that it had answered', async () => {
    const { adapter, folder } = await shell(`(sleep 600 &) ; echo '{"values": {"y": 1}}'`);
    const job = await adapter.submit('k', request, { fence: 1 });
    const state = new JobState(join(folder, 'jobs', job), job, new Seal(folder));
    await until(
      async () => (await state.read('code')) === '0\n' && (await state.read('answer'))?.endsWith('}\n') === true,
    );
    await state.noteAnswered(70);
    process.kill(Number((await state.read('pid'))!.split(' ')[0]), 'SIGKILL');
    expect(await ended(adapter, job)).toMatchObject({ state: 'succeeded', values: { y: 1 }, durationMs: 70 });
    expect(await starts(folder)).toEqual({ k: 1 });
  });

  it.each([
    [`(sleep 600 &) ; echo half`, /answered and exited with code 0, but a child held its stdout/, { answer: 'half\n' }],
    [`(sleep 600 &) ; exit 3`, /the program exited with code 3, but a child held its stdout/, {}],
    [`echo half; sleep 600`, /^killed at the time limit of 1s$/, { answer: 'half\n' }],
  ])('keeps at the time limit what stands on stdout: %s', async (script, words, details) => {
    const result = await answerOf(script, { timeout: '1s' });
    expect(result).toMatchObject({
      state: 'failed',
      cause: { code: 'timeout', message: expect.stringMatching(words) },
    });
    expect(result.details).toEqual(details);
  });

  it('is cancelled, and all running commands are by a safe stop', async () => {
    const { adapter, folder } = await shell('sleep 60');
    const jobs = await Promise.all(['a', 'b', 'c'].map((key) => adapter.submit(key, request, { fence: 1 })));
    await until(async () => Object.keys(await starts(folder)).length === 3);
    await adapter.cancel(jobs[0]!, { fence: 1 });
    expect(await adapter.status(jobs[0]!)).toMatchObject({ state: 'cancelled' });
    await adapter.safeStop();
    for (const job of jobs) expect(await adapter.status(job)).toMatchObject({ state: 'cancelled' });
    expect((await adapter.result(jobs[1]!)).cause).toBeUndefined();
  });

  it('that cannot be started is a fault of the settings, and a failed job', async () => {
    const settings = (given: object) => command.settings.parse(given);
    const faults = async (given: object) => (await command.check!(settings(given))).map(({ path }) => path);
    expect(await faults({ command: ['no-such-program'] })).toEqual(['command[0]']);
    expect(await faults({ command: ['./here.sh'] })).toEqual(['command[0]']);
    expect(await faults({ command: ['sh'], cwd: '/no/such/folder' })).toEqual(['cwd']);
    expect(await faults({ command: ['sh'] })).toEqual([]);
    const missing = command.create(settings({ command: ['no-such-program'] }), contextIn(await scratchFolder()));
    expect(await missing.health()).toMatchObject({ ok: false });
    expect(await run(missing, 'k', request)).toMatchObject({ state: 'failed', cause: { code: 'programMissing' } });
  });

  it.each([
    { command: [] },
    { command: 'sh' },
    {},
    { command: ['sh'], timeout: '5' },
    { command: ['sh'], env: { 'A B': '' } },
  ])('has strict settings: %j', (given) => expect(command.settings.safeParse(given).success).toBe(false));
});

it('takes an answer of a program that writes a byte order mark', async () => {
  const script = `printf '\\357\\273\\277{"values": {"y": 2}}\\r\\n'`;
  expect(await answerOf(script)).toMatchObject({ state: 'succeeded', values: { y: 2 } });
});

it('names the key that an answer gives twice, and keeps the answer', async () => {
  const text = '{"details": {"y": 1, "list": [{"a": 1}, {"a": 1}]}, "values": {"y": 8, "\\u0079": 9}}';
  const { cause, details } = await answerOf(`cat <<'END'\n${text}\nEND`);
  expect(cause).toMatchObject({ code: 'badAnswer', message: expect.stringMatching(/values\.y: given more than once/) });
  expect(details).toEqual({ answer: `${text}\n` });
});

it.each([
  [`{"values": {"y": 1}}\n{"values": {"y": 2}}`, /2 JSON documents, one after another/],
  [`{"values": {"y": 1}}[]"a" 5`, /4 JSON documents/],
  [`{"values": {"y": "}"}} oops`, /not one JSON document \((?!\d+ JSON)/],
])('says of %s what stands there', (text, words) => {
  expect(readAnswer(text)).toMatchObject({ code: 'notJson', message: expect.stringMatching(words) });
});

it('an answer is read, or refused with a reason, whatever the text', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      const reading = readAnswer(text);
      if ('code' in reading) expect(reading.message).not.toBe('');
      else expect(reading.answer.values === undefined).toBe(reading.answer.failure !== undefined);
    }),
    { seed: 11, numRuns: 300 },
  );
});
