import fc from 'fast-check';
import papaparse from 'papaparse';
import { describe, expect, it } from 'vitest';
import type { CampaignRecord } from '../../../models/domain/record.js';
import { bestOf, costByFidelity, traceOf } from '../../../scripts/outcome.js';
import { exportCsv } from '../../../scripts/record/export.js';
import { someRecord } from '../../support/record.js';

function rows(record: CampaignRecord): Record<string, string>[] {
  return papaparse.parse<Record<string, string>>(exportCsv(record), { header: true, skipEmptyLines: true }).data;
}

describe('exportCsv', () => {
  it('gives a row for each trial, whose numbers read back to the same bits', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 6 }),
        (values) => {
          const record = someRecord(values.map((value) => ({ value })));
          const read = rows(record).map((row) => Number(row['value.gap']));
          expect(read.map((value) => value + 0)).toEqual(values.map((value) => value + 0));
        },
      ),
      { seed: 3, numRuns: 50 },
    );
  });

  it('keeps commas, quotes and line breaks of causes and leaves open what is not known', () => {
    const message = 'a "bad", very\nbad day';
    const [failed] = rows(someRecord([{ cause: { class: 'device', code: 'killed', message } }]));
    expect(failed).toMatchObject({ outcome: 'failed', causeMessage: message, 'value.gap': '', startedAt: '' });
  });
});

describe('what a campaign came to', () => {
  it('counts only the target fidelity for the best, in the direction of the objective', () => {
    const record = someRecord([
      { value: 9, fidelity: 'cheap' },
      { value: 2, molecule: 'C' },
      { value: 5, molecule: 'CC' },
      { value: 4, molecule: 'CCC' },
    ]);
    expect(bestOf(record.campaign.spec, record.trials)).toMatchObject({ value: 5, trialId: 'some/r3/p1' });
    expect(traceOf(record).map((step) => step.best)).toEqual([null, 2, 5, 5]);
    expect(traceOf(record).map((step) => step.cumulativeCost)).toEqual([0.5, 2.5, 4.5, 6.5]);
    expect(costByFidelity(record)).toEqual([
      { fidelity: 'cheap', trials: 1, cost: 0.5 },
      { fidelity: 'exact', trials: 3, cost: 6 },
    ]);
  });
});
