import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SlurmSettings } from '../../lab-adapters/slurm/settings.js';
import { slurmSettings } from '../../lab-adapters/slurm/settings.js';
import type { Said } from '../../lab-adapters/slurm/shell.js';
import { toldBy } from '../../lab-adapters/slurm/told.js';
import { verdictOn } from '../../lab-adapters/slurm/verdict.js';
import { AthanorError } from '../../models/domain/errors.js';

const about = { name: 'n', maySettle: false, isAlive: false, again: false, exits: { chemistry: [3] } };
const there: Said = [
  ['queue-code', '0'],
  ['folder', 'there'],
  ['own', 'there'],
  ['submitted', '12'],
];
const on = (said: Said, more: Partial<typeof about> = {}) =>
  verdictOn(toldBy([...there, ...said], '/f'), { ...about, ...more });
const started: Said = [['started', 'yes']];
const cause = (seen: ReturnType<typeof on>) => (seen.answer as { cause?: { class: string; code: string } }).cause;

describe('what Slurm and the folder say comes to', () => {
  test.each([
    ['TIMEOUT', 'timeLimit'],
    ['DEADLINE', 'deadline'],
    ['NODE_FAIL', 'nodeFailed'],
    ['BOOT_FAIL', 'nodeFailed'],
    ['PREEMPTED', 'preempted'],
    ['OUT_OF_MEMORY', 'outOfMemory'],
  ])('%s: no fault of the design, also where the script wrote a code after the signal', (state, code) => {
    for (const wrote of [[], [['ended', '143']], [['ended', '0']]] as Said[]) {
      const seen = on([...started, ...wrote, ['queue', `12|${state}|None`]]);
      expect(seen.state).toBe('failed');
      expect(cause(seen)).toMatchObject({ class: 'device', code });
    }
  });

  test.each([
    ['PENDING', 'queued'],
    ['CONFIGURING', 'queued'],
    ['REQUEUE_HOLD', 'queued'],
    ['RUNNING', 'running'],
    ['COMPLETING', 'running'],
    ['SUSPENDED', 'paused'],
  ])('%s: %s', (state, is) => {
    expect(on([['queue', `12|${state}|Priority`]]).state).toBe(is);
  });

  test('an exit code of the job, with the words that it said last', () => {
    const output = Buffer.from('much\nit boiled over\n').toString('base64');
    const seen = on([...started, ['ended', '3'], ['output', output], ['queue', '12|FAILED|NonZeroExitCode']]);
    expect(seen).toMatchObject({ state: 'failed', message: 'job 12 ended with exit code 3: much it boiled over' });
    expect(cause(seen)).toMatchObject({ class: 'chemistry', code: 'exit3' });
  });

  test('a job that Slurm could not launch again did not end as the run before, which Slurm ended', () => {
    const said: Said = [
      ...started,
      ['ended', '143'],
      ['queue', '12|FAILED|NonZeroExitCode'],
      ['record', 'JobId=12 JobState=FAILED ExitCode=1:0'],
    ];
    const seen = on(said, { again: true });
    expect(seen).toMatchObject({
      state: 'failed',
      message: expect.stringContaining('could not launch it again (code 1)'),
    });
    expect(cause(seen)).toMatchObject({ class: 'device', code: 'notLaunched' });
    expect(cause(on(said))).toMatchObject({ class: 'unknown', code: 'exit143' });
  });

  test('a job that nobody knows of any more is unknown, whether or not it had begun; while its files may come it is waited for', () => {
    expect(on([])).toMatchObject({ state: 'unknown', message: expect.stringContaining('did not write that it began') });
    expect(on(started)).toMatchObject({
      state: 'unknown',
      message: expect.stringContaining('did not write how it ended'),
    });
    expect(on(started, { maySettle: true }).state).toBe('running');
  });

  test('a job that was launched twice is unknown, and running as long as it says so', () => {
    const twice: Said = [
      ...started,
      ['queue', '12|FAILED|NonZeroExitCode'],
      ['record', 'JobId=12 JobState=FAILED ExitCode=75:0'],
    ];
    expect(on(twice)).toMatchObject({ state: 'unknown', message: expect.stringContaining('second time') });
    const ended = on([...twice, ['ended', '137']]);
    expect(ended).toMatchObject({
      state: 'failed',
      message: expect.stringContaining('ended its first run (code 137)'),
    });
    expect(cause(ended)).toMatchObject({ class: 'device', code: 'launchedTwice' });
    expect(on([...started, ['queue', '12|CANCELLED|None']], { isAlive: true }).state).toBe('running');
    expect(on([...started, ['queue', '12|CANCELLED|None'], ['ended', '0']]).state).toBe('unknown');
    const launchedAt = (start: string): Said => [
      ...started,
      ['queue', '12|CANCELLED|None'],
      ['ended', '0'],
      ['ended-at', '2026-03-01T12:00:05'],
      ['record', `JobId=12 JobState=CANCELLED StartTime=${start} ExitCode=0:0`],
    ];
    expect(on(launchedAt('2026-03-01T12:00:06')).state).toBe('succeeded');
    for (const start of ['2026-03-01T12:00:05', '2026-03-01T11:59:00', 'Unknown', 'N/A'])
      expect(on(launchedAt(start)).state).toBe('unknown');
  });

  test('a folder that is not seen where the job runs is told', () => {
    const seen = on([
      ['queue', '12|FAILED|NonZeroExitCode'],
      ['record', 'JobState=FAILED ExitCode=73:0'],
    ]);
    expect(cause(seen)).toMatchObject({ class: 'device', code: 'noFolder' });
  });

  test('accounting is read where the controller has forgotten, and the state by its first word', () => {
    expect(on([...started, ['record', ''], ['account', 'CANCELLED by 1000|0:15']]).state).toBe('cancelled');
    expect(cause(on([...started, ['account', 'OUT_OF_ME+|0:125']]))).toBeUndefined();
    expect(cause(on([...started, ['account', 'TIMEOUT|0:0']]))).toMatchObject({ code: 'timeLimit' });
  });

  test('no answer of the controller says nothing, but for what the job wrote itself', () => {
    const down: Said = [
      ['queue-code', '1'],
      ['folder', 'there'],
      ['own', 'there'],
      ['queue', 'slurm_load_jobs error: Unable to contact'],
    ];
    const of = (said: Said) => verdictOn(toldBy([...down, ...said], '/f'), about);
    expect(() => of(started)).toThrow('squeue could not be asked: slurm_load_jobs error: Unable to contact');
    expect(() => of([...started, ['ended', '143']])).toThrow('squeue could not be asked');
    expect(of([...started, ['ended', '0']]).state).toBe('succeeded');
    expect(() => toldBy([['folder', 'missing']], '/f')).toThrow('/f cannot be seen where jobs are submitted');
  });

  test('whatever is said, a job succeeded only where it wrote so, and errors are in words', () => {
    const word = fc.constantFrom(
      'queue-code',
      'queue',
      'folder',
      'own',
      'submitted',
      'started',
      'started/job',
      'ended',
      'cancelled',
      'alive',
      'record',
      'account',
      'output',
      'file',
      'large',
      'nonsense',
    );
    const text = fc.oneof(
      fc.constantFrom(
        '0',
        '1',
        'there',
        'yes',
        '12',
        '12;a',
        '143',
        'NaN',
        '-1',
        '12|RUNNING|x',
        '12|NEW_WORD|x',
        '12|COMPLETED|',
        'JobState=COMPLETED ExitCode=0:0',
        'result.json e30=',
        '<html>',
      ),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(word, text), { maxLength: 12 }), fc.boolean(), (said, again) => {
        try {
          const told = toldBy(said, '/f');
          const { state } = verdictOn(told, { ...about, again });
          if (state === 'succeeded') expect(told.ended).toBe(0);
        } catch (error) {
          expect(error).toBeInstanceOf(AthanorError);
        }
      }),
      { seed: 16, numRuns: 2_000 },
    );
  });
});

describe('settings', () => {
  const good: object = { folder: '/scratch', run: 'true', values: { y: 'y' } };
  const faults = (more: object) =>
    slurmSettings.safeParse({ ...good, ...more }).error?.issues.map(({ message }) => message) ?? [];

  test('an option that the adapter sets itself is refused, all at once', () => {
    expect(faults({ options: ['--partition=a', '-n4', '--time=5'] })).toEqual([]);
    const bad = ['--job-name=x', '-Jx', '--comment=y', '--requeue', '--array=1-5', '-o', 'partition'];
    expect(faults({ options: bad })).toHaveLength(bad.length);
    expect(faults({ options: ['--array=1-5'] })).toEqual([expect.stringMatching(/^--array is set by the adapter/)]);
  });

  test('folders and files are what they have to be', () => {
    expect(faults({ folder: 'scratch' })).toEqual(['an absolute path']);
    expect(faults({ result: '../x' })).toHaveLength(1);
    expect(faults({ keep: ['a b'] })).toHaveLength(1);
    const parsed: SlurmSettings = slurmSettings.parse(good);
    expect(parsed).toMatchObject({ again: false, result: 'result.json', settle: '60s' });
  });
});
