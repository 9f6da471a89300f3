import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JobRequest } from '../../../lab-adapters/contract.js';
import type { Ended } from '../../../lab-adapters/internal/job.js';
import { JobFolder } from '../../../lab-adapters/internal/job-folder.js';
import { createRegistry } from '../../../lab-adapters/registry.js';
import { changedBytes } from '../bytes.js';
import { documentText } from '../documents.js';
import { Find, sameOrFind } from '../find.js';
import type { Input, MakeKind } from '../kind.js';
import { chance, pick } from '../random.js';
import { refused } from '../refusal.js';

const request: JobRequest = {
  design: { x1: 2, x2: 5 },
  rowId: null,
  substances: {},
  fidelity: 'exact',
  objectives: ['value'],
};
const key = 'c/r1/p1';
const end: Ended = { state: 'succeeded', values: { value: 1.25 }, cost: 2, durationMs: 10 };
const allowed = ['CONTRACT', 'ADAPTER', 'DAMAGED'];

/** Files of local jobs: whatever stands in them, a job ends as it did, or nobody can tell. */
export const jobFiles: MakeKind = async (place) => {
  const folder = join(place.work, 'jobs');
  const kind = { environment: {}, parse: async () => end, spent: async () => 0 };
  const names = ['request.json', 'result.json', 'ended', 'pid', 'started', 'cancel', 'token', 'starts.log', 'seal'];
  const fresh = async () => {
    await rm(folder, { recursive: true, force: true });
    const jobs = new JobFolder(folder, kind);
    const job = await jobs.accept(key, request, async () => end);
    return { jobs, job, state: join(folder, 'jobs', job) };
  };
  const { state } = await fresh();
  const examples = new Map<string, string>();
  for (const name of await readdir(state)) examples.set(name, await readFile(join(state, name), 'utf8'));
  examples.set('seal', await readFile(join(folder, 'seal'), 'utf8'));
  examples.set('starts.log', `{"key":"${key}"}\n{"key":"other"}\n`);
  examples.set('ended', 'abcdef 0 10.5 11.25\n').set('pid', '12345 678 boot\n').set('token', 'abcdef\n');
  const run = async ({ bytes, of }: Input) => {
    const { job, state: inFolder } = await fresh();
    await writeFile(join(of === 'seal' || of === 'starts.log' ? folder : inFolder, of), bytes);
    const jobs = new JobFolder(folder, kind);
    try {
      await jobs.find(key);
      await jobs.unfinished();
      const seen = await jobs.look(job);
      if (typeof seen !== 'string' && seen.state === 'succeeded') sameOrFind('another result than was kept', end, seen);
      await jobs.cancel(job);
      await jobs.accept(key, request, async () => end);
      return typeof seen !== 'string' && seen.state === 'succeeded' ? 'taken' : 'refused';
    } catch (error) {
      return refused(error, allowed);
    }
  };
  return {
    name: 'jobs',
    make: (draw) => {
      const of = pick(draw, names);
      const text = examples.get(of) ?? examples.get('request.json')!;
      return { bytes: changedBytes(draw, new TextEncoder().encode(text)), of };
    },
    run,
  };
};

/** Records of simulated jobs, as the adapter `problem` keeps them. */
export const shelves: MakeKind = async (place) => {
  const folder = join(place.work, 'shelf');
  const context = { clock: { now: () => 1_000, sleep: async () => {} }, folder, log: () => {} };
  const open = () => createRegistry().create('problem', { problem: 'branin' }, context);
  const job = await open().submit(key, request, { fence: 1 });
  const file = join(folder, `${job}.json`);
  const text = await readFile(file, 'utf8');
  const run = async ({ bytes }: Input) => {
    await writeFile(file, bytes);
    const adapter = open();
    try {
      await adapter.find!(key, { fence: 1 });
      const { state } = await adapter.status(job);
      const result = state === 'succeeded' || state === 'cancelled' ? await adapter.result(job) : null;
      if (result !== null && !(result.cost >= 0 && result.durationMs >= 0))
        throw new Find('a cost that is none', JSON.stringify(result));
      await adapter.pause!(job, { fence: 1 });
      await adapter.resume!(job, { fence: 1 });
      await adapter.submit(key, request, { fence: 1 });
      await adapter.cancel!(job, { fence: 1 });
      return 'taken';
    } catch (error) {
      return refused(error, allowed);
    }
  };
  return {
    name: 'shelf',
    make: (draw) => ({
      bytes: chance(draw, 0.8)
        ? documentText(draw, { text, value: JSON.parse(text) }, false)
        : changedBytes(draw, new TextEncoder().encode(text)),
      of: '',
    }),
    run,
  };
};
