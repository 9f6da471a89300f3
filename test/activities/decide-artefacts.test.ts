import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { WorkerOptions } from 'node:worker_threads';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createDecidePool, type DecidePool } from '../../activities/decide-pool.js';
import { createRegistry } from '../../lab-adapters/registry.js';
import type { DecideRequest } from '../../models/strategy/decision.js';
import { gp, type SurrogateChoice, surrogateChoices } from '../../models/surrogate/surrogates.js';
import { verifyRecord } from '../../scripts/record/verify.js';
import { runInProcess } from '../../scripts/simulate/run-in-process.js';
import { trainedMember } from '../support/trained-member.js';
import { problemCampaign } from '../workflows/durable-host.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
// Files share a process: modules are loaded anew with the thread of this file, and for those after it.
const thread = vi.hoisted(() => {
  vi.resetModules();
  return { file: '' };
});
afterAll(() => void vi.resetModules());
// Threads know the trained member as well: a file that adds it stands before the product's own.
vi.mock('node:worker_threads', async (original) => {
  const real = await original<typeof import('node:worker_threads')>();
  return {
    ...real,
    Worker: class extends real.Worker {
      constructor(_: unknown, options: WorkerOptions) {
        super(thread.file, options);
      }
    },
  };
});

const choices = surrogateChoices as SurrogateChoice[];
const odds = { logOdds: () => 0 };
const added = { name: 'trained-ensemble', description: 'gp and one with weights' };

let folder: string;
let pool: DecidePool;
beforeAll(async () => {
  choices.push({ ...added, members: [gp, trainedMember].map((type) => ({ type, ...odds })) });
  // Below node_modules, so that it finds packages.
  folder = await mkdtemp(path.join(root, 'node_modules', '.athanor-thread-'));
  const dist = (file: string) => pathToFileURL(path.join(root, 'dist', file)).href;
  const settings = ['--module', 'nodenext', '--target', 'es2022', '--noCheck', '--ignoreConfig'];
  const compiler = path.join(root, 'node_modules/typescript/bin/tsc');
  const where = ['--rootDir', root, '--outDir', folder];
  const member = path.join(root, 'test/support/trained-member.ts');
  await promisify(execFile)(process.execPath, [compiler, member, ...settings, ...where]);
  await writeFile(path.join(folder, 'package.json'), '{"type": "module"}');
  thread.file = path.join(folder, 'thread.mjs');
  await writeFile(
    thread.file,
    `import { trainedMember } from './test/support/trained-member.js';
import { gp, surrogateChoices } from '${dist('models/surrogate/surrogates.js')}';
const members = [gp, trainedMember].map((type) => ({ type, logOdds: () => 0 }));
surrogateChoices.push({ name: 'trained-ensemble', description: '', members });
await import('${dist('activities/decide-thread.js')}');
`,
  );
});
afterEach(() => pool?.close());
afterAll(async () => {
  choices.splice(choices.findIndex(({ name }) => name === added.name));
  await rm(folder, { recursive: true, force: true });
});

const campaign = problemCampaign('trained', {
  strategy: { surrogate: added.name, initial: { trials: 3 } },
  budget: { trials: 8 },
});

describe('artefacts in decision threads', () => {
  it('are asked for once, and give the campaign that is decided in one thread', async () => {
    pool = createDecidePool(1);
    const wanted: string[] = [];
    const decide = (request: DecideRequest) => {
      const { artefacts } = request;
      if (artefacts === undefined) return pool.decide(request);
      const source = (sha: string) => {
        wanted.push(sha);
        return artefacts(sha);
      };
      // Twice: the thread remembers what it was given.
      return pool.decide({ ...request, artefacts: source }).then(() => pool.decide({ ...request, artefacts: source }));
    };
    const record = await runInProcess(campaign, { registry: createRegistry(), decide });
    const alone = await runInProcess(campaign, { registry: createRegistry() });
    expect(record).toEqual(alone);
    const states = record.trials.flatMap(({ proposal }) => proposal.basis.artefacts ?? []).map(({ sha256 }) => sha256);
    expect(states).toHaveLength(4);
    expect(wanted).toEqual(states);
    expect(Object.keys(record.artefacts!)).toHaveLength(5);
    expect((await verifyRecord(record)).mismatches).toEqual([]);
  });

  it('that cannot be had fail the decision with what the host says, and the thread goes on', async () => {
    pool = createDecidePool(1);
    const { trials } = await runInProcess(campaign, { registry: createRegistry() });
    const request = { campaign, round: 9, count: 1, pending: [], remainingCost: null, trials };
    await expect(pool.decide(request)).rejects.toThrow('the request holds no artefacts');
    const broken = () => Promise.reject(new Error('the disk is full'));
    await expect(pool.decide({ ...request, artefacts: broken })).rejects.toThrow('the disk is full');
    const others = async () => Uint8Array.of(1);
    const refused = pool.decide({ ...request, artefacts: others });
    await expect(refused).rejects.toMatchObject({ code: 'ARTEFACT' });
    const first = await pool.decide({ ...request, round: 1, trials: [] });
    expect(first.proposals).toHaveLength(1);
  });
});
