import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRegistry } from '../../lab-adapters/registry.js';
import { judgedAt } from '../../models/domain/standing.js';
import { readCampaignText } from '../../scripts/campaign-file.js';
import { bestOf } from '../../scripts/outcome.js';
import { story } from '../../scripts/report/story.js';
import { runInProcess } from '../../scripts/simulate/run-in-process.js';
import { tradeOffLines, tradeOffsOf } from '../../scripts/trade-offs.js';
import { targetText, wordingOf } from '../../scripts/wording.js';
import { runCli } from '../support/cli.js';

const titration = (more = '') => `
name: titration
seed: 1
space:
  parameters:
    - { name: T, type: continuous, bounds: [20, 120] }
objectives:
  - { name: ph, direction: target, value: 7, tolerance: 0.5 }
${more}fidelities: [{ name: m, adapter: person, cost: 1 }]
budget: { trials: 30 }
`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'athanor-targets-'));
  await writeFile(join(folder, 'one.yaml'), titration());
  await writeFile(join(folder, 'two.yaml'), titration('  - { name: price, direction: minimise }\n'));
  await writeFile(join(folder, 'one.csv'), 'T,ph\n20,2\n40,4\n60,6.6\n72,7.2\n80,8.2\n100,10\n');
  await writeFile(join(folder, 'far.csv'), 'T,ph\n20,2\n40,4\n60,5.9\n72,7.7\n80,8.2\n100,10\n');
  await writeFile(join(folder, 'two.csv'), 'T,ph,price\n20,2,1\n40,4,2\n60,6.6,3\n72,7.2,4\n80,8.2,5\n100,10,6\n');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const suggest = async (...words: readonly string[]) =>
  (await runCli(['suggest', ...words, '-n', '1'], { cwd: folder })).stdout;

describe('an objective with a target', () => {
  it('has the nearest value as its best, reached within the tolerance, and is brought nearer still', async () => {
    const text = await suggest('one.yaml', 'one.csv');
    expect(text).toContain('best ph so far 7.2, 0.2 from its target, reached (± 0.5): T=72');
    expect(text).toMatch(
      /best so far 0\.2 from its target \(line 5\), which reaches it; betters the best.* by 0\.\d+ on average/,
    );
    const document = JSON.parse(await suggest('one.yaml', 'one.csv', '--json'));
    expect(document.best).toMatchObject({ value: 7.2, distance: expect.closeTo(0.2, 9), reached: true });
    const [{ expected, purpose }] = document.proposals;
    expect(Math.abs(expected.mean - 7)).toBeLessThan(0.2);
    expect(purpose).toBe('exploit');
  }, 60_000);

  it('says while it is not reached', async () => {
    const text = await suggest('one.yaml', 'far.csv');
    expect(text).toContain('best ph so far 7.7, 0.7 from its target, not within ± 0.5 yet: T=72');
    expect(text).not.toContain('which reaches it');
    const plain = { direction: 'target', value: 7 } as const;
    expect([7, 7.25].map((value) => targetText(plain, value))).toEqual([
      'on its target, reached',
      '0.25 from its target',
    ]);
    expect(targetText({ direction: 'maximise' }, 3)).toBeNull();
  }, 60_000);

  it('beside others is as good anywhere within the tolerance, and its hypervolume counts from a value', async () => {
    const text = await suggest('two.yaml', 'two.csv');
    // The worst of the front is 5 below the target, and a tenth of its range further.
    expect(text).toMatch(/hypervolume \S+ from ph 1\.55, price 3\.2\n/);
    expect(text).toMatch(/^ph 6\.6 \(on target\), price 3: T=60 \(line 4\)$/m);
    expect(text).not.toContain('ph 7.2');
  }, 60_000);
});

it('a run says when its target is reached, in its stop, its report and its front', async () => {
  const text = titration('stop: [{ type: targetReached, value: 7 }]\n')
    .replace('direction: target, value: 7, tolerance: 0.5', 'direction: target, value: 20, tolerance: 4')
    .replace('value: 7 }', 'value: 20 }')
    .replace('name: T, type: continuous, bounds: [20, 120]', 'name: x1, type: continuous, bounds: [-5, 10]')
    .replace('objectives:', '    - { name: x2, type: continuous, bounds: [0, 15] }\nobjectives:')
    .replace('adapter: person', 'adapter: problem, settings: { problem: branin }');
  const campaign = await readCampaignText(text, { file: 'run.yaml', baseDir: folder });
  const record = await runInProcess(campaign, { registry: createRegistry() });
  const best = bestOf(campaign.spec, record.trials)!;
  const distances = record.trials.map(({ observation }) => Math.abs(observation!.values.ph! - 20));
  expect(Math.abs(best.value - 20)).toBe(Math.min(...distances));
  expect(Math.min(...distances)).toBeLessThanOrEqual(4);
  expect(record.stop!.text).toMatch(/reached ph \S+ from its target \(± 4\)$/);
  expect(story(record, null).join(' ')).toContain(`(${targetText(campaign.spec.objectives[0]!, best.value)})`);
  expect(tradeOffLines(campaign.spec, tradeOffsOf(campaign.spec, record.trials), wordingOf(campaign, []))).toEqual([]);
  const { proposal, observation } = record.trials.find(({ proposal: { id } }) => id === best.trialId)!;
  expect(judgedAt(campaign.spec, proposal.fidelity, observation!)!.losses).toEqual([Math.min(...distances)]);
});
