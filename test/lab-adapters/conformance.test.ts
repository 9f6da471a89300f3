import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { ConformanceFixture } from '../../lab-adapters/conformance.js';
import { adapterLaws, conform, tryLaw } from '../../lab-adapters/conformance.js';
import type { Adapter, JobRequest, JobState } from '../../lab-adapters/contract.js';
import { problem } from '../../lab-adapters/problem/index.js';
import { AdapterError } from '../../models/domain/errors.js';
import { virtualClock } from './virtual-clock.js';

const base = await mkdtemp(join(tmpdir(), 'athanor-laws-'));
afterAll(() => rm(base, { recursive: true }));
const clock = virtualClock();
const request: JobRequest = {
  design: { x1: 2, x2: 5 },
  rowId: null,
  substances: {},
  fidelity: 'exact',
  objectives: ['value'],
};

let made = 0;
const newFolder = async () => {
  const folder = join(base, String(++made));
  await mkdir(folder);
  return folder;
};

/** A fixture whose adapters are the problem laboratory with something changed. */
function changed(change: (adapter: Adapter) => Partial<Adapter>): ConformanceFixture {
  const open = (settings: object) => (folder: string) => {
    const context = { clock, folder, log: () => {} };
    const adapter = problem.create(problem.settings.parse({ problem: 'branin', ...settings }), context);
    const verbs = [
      ...['validate', 'submit', 'find', 'status', 'result'],
      ...['cancel', 'pause', 'resume', 'safeStop', 'health', 'close'],
    ] as const;
    const bound = Object.fromEntries(
      verbs.map((verb) => [
        verb,
        (...given: unknown[]) => ((adapter as Adapter)[verb as keyof Adapter] as CallableFunction)(...given),
      ]),
    );
    const whole = { ...bound, traits: adapter.traits, pollMs: adapter.pollMs } as unknown as Adapter;
    return { ...whole, ...change(whole) };
  };
  return {
    newFolder,
    clock,
    limitMs: 10_000,
    succeeds: { open: open({ delayMs: 50 }), request },
    another: { ...request, design: { x1: 1, x2: 1 } },
    fails: { open: open({ faults: { failRate: 1 } }), request },
    refused: { open: open({}), request: { ...request, design: { x1: 99, x2: 5 } } },
    runsLong: { open: open({ delayMs: 1e9 }), request },
    losesReply: { open: open({ faults: { lostReplyRate: 1 } }), request },
  };
}

/** Names of the laws that a fixture breaks. */
async function broken(fixture: ConformanceFixture): Promise<string[]> {
  const names: string[] = [];
  for (const law of adapterLaws)
    await tryLaw(law, fixture).catch(() => {
      names.push(law.name);
    });
  return names;
}

let drawn = 0;
const left: NodeJS.Timeout[] = [];
afterAll(() => left.forEach(clearTimeout));

describe('the conformance suite', () => {
  test('finds nothing wrong with an unchanged adapter', async () => {
    expect(await broken(changed(() => ({})))).toEqual([]);
  });

  const faults: [string, string, (adapter: Adapter) => Partial<Adapter>][] = [
    [
      'a job for every submit',
      'the same key and request twice is one job',
      (adapter) => ({
        submit: (key, asked, caller) => adapter.submit(`${key}#${++drawn}`, asked, caller),
      }),
    ],
    [
      'keys that are forgotten on restart',
      'a restarted adapter knows the job, and submitting it again starts nothing',
      (adapter) => {
        const own = `#${++drawn}`;
        return {
          submit: (key, asked, caller) => adapter.submit(key + own, asked, caller),
          find: (key, caller) => adapter.find!(key + own, caller),
        };
      },
    ],
    ['find that never finds', 'find gives null before submit and the job after it', () => ({ find: async () => null })],
    [
      'find that accepts',
      'find gives null before submit and the job after it',
      (adapter) => ({
        find: (key) => adapter.submit(key, request, { fence: 1 }),
      }),
    ],
    [
      'a late call that begins a job of its own',
      'a call that comes late, with an older fence, begins nothing',
      (adapter) => {
        let highest = 0;
        return {
          submit: (key, asked, caller) => {
            const late = caller.fence < highest;
            highest = Math.max(highest, caller.fence);
            return adapter.submit(late ? `${key}#late` : key, asked, caller);
          },
        };
      },
    ],
    [
      'another request under a used key',
      'the same key with another request is refused',
      (adapter) => ({
        submit: (key, _, caller) => adapter.submit(key, request, caller),
      }),
    ],
    [
      'unknown jobs called failed',
      'status and result of a job that was never accepted are refused',
      (adapter) => ({
        status: (job) => adapter.status(job).catch(() => ({ state: 'failed' })),
      }),
    ],
    [
      'results before the end',
      'a result is refused until the job has ended',
      (adapter) => ({
        result: (job) => adapter.result(job).catch(() => ({ values: {}, cost: 0, durationMs: 0 })),
      }),
    ],
    [
      'values under other names',
      'a measured job gives a finite value for exactly the objectives, and a cost',
      (adapter) => ({
        result: async (job) => ({ ...(await adapter.result(job)), values: { other: 1 } }),
      }),
    ],
    [
      'a value that is not a number',
      'a measured job gives a finite value for exactly the objectives, and a cost',
      (adapter) => ({
        result: async (job) => ({ ...(await adapter.result(job)), values: { value: Number.NaN } }),
      }),
    ],
    [
      'a cost below zero',
      'a measured job gives a finite value for exactly the objectives, and a cost',
      (adapter) => ({
        result: async (job) => ({ ...(await adapter.result(job)), cost: -1 }),
      }),
    ],
    [
      'failures without a cause',
      'a failed experiment is a job with a typed cause, not an exception',
      (adapter) => ({
        result: async (job) => {
          const { cause: _, ...rest } = await adapter.result(job);
          return rest;
        },
      }),
    ],
    [
      'failures that throw',
      'a failed experiment is a job with a typed cause, not an exception',
      (adapter) => ({
        status: async (job) => {
          const status = await adapter.status(job);
          if (status.state === 'failed') throw new AdapterError('it failed');
          return status;
        },
      }),
    ],
    [
      'results that change',
      'status and result stay what they are, however often asked',
      (adapter) => ({
        result: async (job) => ({ ...(await adapter.result(job)), details: { asked: ++drawn } }),
      }),
    ],
    [
      'values that vary',
      'a deterministic adapter gives the same values to the same request under another key',
      (adapter) => ({
        result: async (job) => ({
          ...(await adapter.result(job)),
          values: { value: Number.parseInt(job.slice(0, 8), 16) },
        }),
      }),
    ],
    [
      'cancel that does nothing',
      'cancel ends a running job as cancelled, and again changes nothing',
      () => ({
        cancel: async () => {},
      }),
    ],
    [
      'cancel that refuses the second time',
      'cancel of a job that has ended leaves it as it is',
      (adapter) => ({
        cancel: async (job) => {
          if ((await adapter.status(job)).state !== 'running') throw new AdapterError('too late');
          await adapter.cancel!(job, { fence: 1 });
        },
      }),
    ],
    ['pause that does nothing', 'pause holds a job and resume lets it go on', () => ({ pause: async () => {} })],
    [
      'pause without resume',
      'pause and resume go together',
      () => ({ resume: undefined }) as unknown as Partial<Adapter>,
    ],
    [
      'safeStop that does nothing',
      'safeStop ends running jobs as cancelled or unknown',
      () => ({ safeStop: async () => {} }),
    ],
    [
      'validate that passes all',
      'validate passes what can run and lists what is wrong with what cannot, starting nothing',
      () => ({
        validate: async () => [],
      }),
    ],
    [
      'ill health without a remedy',
      'health answers in words, with a remedy when not well',
      () => ({
        health: async () => ({ ok: false, message: 'broken' }),
      }),
    ],
    [
      'a state of its own making',
      'many looks at once are answered alike',
      () => ({
        status: async () => ({ state: 'done' as never }),
      }),
    ],
    [
      'timers left behind',
      'close can be called twice and leaves no process, connection or timer behind',
      () => ({
        close: async () => {
          // More than other tests of this process may let go of meanwhile.
          for (let i = 0; i < 50; i++) left.push(setTimeout(() => {}, 3_600_000));
        },
      }),
    ],
  ];
  test.each(faults)('tells of %s', async (_, law, change) => {
    await expect(tryLaw(adapterLaws.find(({ name }) => name === law)!, changed(change))).rejects.toThrow(/./);
  });

  test('says why a law cannot be tried', async () => {
    const { runsLong: _, ...rest } = changed(() => ({}));
    const cancel = adapterLaws.find(({ name }) => name.startsWith('cancel ends'))!;
    expect(await tryLaw(cancel, rest)).toBe('the fixture has no long request');
  });

  test('names with each law a section of the contract', async () => {
    const text = await readFile(new URL('../../lab-adapters/README.md', import.meta.url), 'utf8');
    const sections = [...text.matchAll(/^### (.+)$/gm)].map(([, title]) => title!.toLowerCase().replaceAll(' ', '-'));
    expect(adapterLaws.filter(({ section }) => !sections.includes(section)).map(({ name }) => name)).toEqual([]);
  });

  test('ends what a broken law has left running, and begins nothing more where it cannot', async () => {
    const never: JobState = 'running';
    const impatient = changed((adapter) => ({
      status: async (job) => ({ ...(await adapter.status(job)), state: never }),
    }));
    const { laws, left } = await conform(impatient, { upTo: 'device', because: '', run: 'left' });
    const [first] = laws.filter(({ outcome }) => outcome === 'broken');
    expect(first).toMatchObject({ law: 'the same key and request twice is one job' });
    const moving = adapterLaws.filter(({ uses }) => uses === 'device').map(({ name }) => name);
    const later = laws.filter(({ law }) => moving.includes(law)).slice(1);
    expect(later.map(({ outcome }) => outcome)).toEqual(later.map(() => 'skipped'));
    expect(later[0]!.why).toContain('may run still');
    expect(left).toHaveLength(1);
  });
});
