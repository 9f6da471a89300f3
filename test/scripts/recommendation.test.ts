import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { conclude } from '../../scripts/commands/result.js';
import { recommendationOf } from '../../scripts/recommendation.js';
import { story } from '../../scripts/report/story.js';
import { someRecord } from '../support/record.js';

const low = someRecord([
  { fidelity: 'cheap', molecule: 'CCO', value: 1.1 },
  { fidelity: 'cheap', molecule: 'CCCO', value: 1.4 },
  { fidelity: 'cheap', molecule: 'c1ccccc1', value: 3.2 },
  { fidelity: 'exact', molecule: 'CCO' },
]);

test('a campaign that ended without a target value names a design to measure, and does not call it a result', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'athanor-recommendation-'));
  try {
    const file = join(folder, 'report.html');
    const { result, text } = await conclude(low, file, null, () => undefined);
    expect(result.best).toBeNull();
    expect(result.recommendation).toMatchObject({ design: { molecule: 'c1ccccc1' }, fidelity: 'cheap' });
    expect(text).toMatch(
      /recommended +measure molecule=c1ccccc1 at exact: expected best, gap 3\.\d+ eV at cheap \(95 %: /,
    );
    expect(text).not.toMatch(/^ +best /m);
    const page = await readFile(file, 'utf8');
    expect(page).toContain('A recommendation, not a result: measure molecule=c1ccccc1 at exact');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test('there is none while a campaign runs, nor after a value at the target', async () => {
  expect(await recommendationOf({ ...low, phase: 'running' })).toBeNull();
  const whole = someRecord([
    { fidelity: 'cheap', molecule: 'CCO', value: 9 },
    { fidelity: 'exact', molecule: 'CCCO', value: 2 },
  ]);
  expect(await recommendationOf(whole)).toBeNull();
  // The best is judged at the target alone, however good a cheap value looks.
  expect(story(whole, null).join(' ')).toContain('The highest gap measured at exact is 2 eV, of molecule=CCCO');
});
