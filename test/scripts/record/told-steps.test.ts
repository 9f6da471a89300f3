import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import papaparse from 'papaparse';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createRegistry } from '../../../lab-adapters/registry.js';
import type { CampaignRecord, RanStep } from '../../../models/domain/record.js';
import { loadCampaign } from '../../../scripts/campaign-file.js';
import { exportCsv } from '../../../scripts/record/export.js';
import { parseRecord } from '../../../scripts/record/record-file.js';
import { writeFolder } from '../../../scripts/record/record-folder.js';
import { exportSteps } from '../../../scripts/record/told-steps.js';
import { renderReport } from '../../../scripts/report/render.js';
import { runInProcess } from '../../../scripts/simulate/run-in-process.js';
import { someRecord } from '../../support/record.js';

let record: CampaignRecord;
beforeAll(async () => {
  const campaign = await loadCampaign('examples/three-steps/campaign.yaml');
  record = await runInProcess(campaign, { registry: createRegistry() });
});

const rowsOf = (text: string) =>
  papaparse.parse<Record<string, string>>(text, { header: true, skipEmptyLines: true }).data;
const stepsOf = async (...records: readonly CampaignRecord[]) => rowsOf((await exportSteps(records))!);
const all = () => record.trials.flatMap(({ proposal, steps = [] }) => steps.map((ran) => ({ proposal, ran })));

/** The record with its first steps changed. */
const withFirst = (...changes: readonly Partial<RanStep>[]): CampaignRecord => {
  const [first, ...more] = record.trials;
  const steps = first!.steps!.map((step, i) => ({ ...step, ...changes[i] }));
  return { ...record, trials: [{ ...first!, steps }, ...more] };
};

describe('the table of steps', () => {
  it('says where each ran, with what it was told and what it measured', async () => {
    const rows = await stepsOf(record);
    expect(rows).toHaveLength(all().length);
    expect(new Set(rows.map(({ how }) => how))).toEqual(new Set(['done', 'failed']));
    for (const [i, { proposal, ran }] of all().entries()) {
      const row = rows[i]!;
      expect(row).toMatchObject({ trial: proposal.id, step: ran.step, key: ran.key, instrument: ran.instrument });
      const { temperature, hold } = proposal.design as { temperature: number; hold: number };
      const isUndo = ran.step === 'synthesise~undo';
      expect(Number(row['with.x1'])).toBe(isUndo ? 0 : temperature);
      expect(row['unit.x1']).toBe(isUndo ? '' : '°C');
      const x2 = { synthesise: 60 * hold, anneal: 10, weigh: 60 * hold, 'synthesise~undo': 0 }[ran.step]!;
      expect(Math.abs(Number(row['with.x2']) - x2)).toBeLessThan(ran.step === 'weigh' ? 0.0051 : 1e-9);
    }
    const weighed = rows.filter(({ step, how }) => step === 'weigh' && how === 'done');
    const measured = record.trials.filter(({ observation }) => observation?.outcome === 'measured');
    expect(weighed.map((row) => Number(row['value.loss']))).toEqual(
      measured.map(({ observation }) => observation!.values.loss),
    );
    expect(weighed.every((row) => Number(row['noise.loss']) === 0.2)).toBe(true);
    expect(rows.filter((row) => row['value.loss'] !== '')).toHaveLength(weighed.length);
    for (const { how, causeClass } of rows) expect(causeClass).toBe(how === 'failed' ? 'chemistry' : '');
  });

  it('tells times, and what was kept from a time before', async () => {
    const at = Date.parse('2026-12-01T08:00:00Z');
    const changed = withFirst({ startedAt: at, endedAt: at + 1_500 }, { generation: 2, carried: true });
    const [first, second] = await stepsOf(changed);
    expect(first).toMatchObject({ startedAt: '2026-12-01T08:00:00.000Z', endedAt: '2026-12-01T08:00:01.500Z' });
    expect(second).toMatchObject({ generation: '2', carried: 'yes', startedAt: '' });
  });

  it('is as long as that of the records together, and is not there where no trial has steps', async () => {
    expect(await stepsOf(record, someRecord([{ value: 1 }]), record)).toHaveLength(2 * all().length);
    expect(await exportSteps([someRecord([{ value: 1 }])])).toBeNull();
  });

  it('lies in a folder beside that of the trials, which is as before', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'athanor-steps-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    await writeFolder(folder, record, null);
    expect(await readFile(join(folder, 'steps.csv'), 'utf8')).toBe(await exportSteps([record]));
    expect(await readFile(join(folder, 'trials.csv'), 'utf8')).toBe(exportCsv(record));
    await writeFolder(join(folder, 'plain'), someRecord([{ value: 1 }]), null);
    await expect(readFile(join(folder, 'plain/steps.csv'))).rejects.toThrow('ENOENT');
  });

  it('is that of a record which kept no values of steps', async () => {
    const trials = record.trials.map(({ steps = [], ...trial }) => {
      return { ...trial, steps: steps.map(({ values: _, noise: __, ...ran }) => ran) };
    });
    const old = parseRecord(JSON.stringify({ ...record, trials }), 'record.json');
    const rows = await stepsOf(old);
    expect(rows).toHaveLength(all().length);
    expect(rows[0]).not.toHaveProperty('value.loss');
  });
});

describe('the report', () => {
  it('has the steps of each trial in its line', async () => {
    const at = Date.parse('2026-12-01T08:00:00Z');
    const page = await renderReport(withFirst({ startedAt: at, durationMs: 90_000 }, { generation: 2, carried: true }));
    expect(page.match(/<ol class="steps">/g)).toHaveLength(record.trials.length);
    expect(page.match(/<li>/g)!.length).toBeGreaterThanOrEqual(all().length);
    expect(page).toMatch(
      /<b>synthesise<\/b> on teaching-lab\/reactor-\d, 2026-12-01 08:00:00, 1 min 30 s: x1 [-\d.]+ °C, x2 [\d.]+ min; cost 2</,
    );
    expect(page).toMatch(/<b>anneal<\/b> \(kept in time 2\) on teaching-lab\/furnace/);
    expect(page).toMatch(/<b>weigh<\/b> on teaching-lab\/balance.*<b>→<\/b> loss [\d.]+ ± 0\.2; cost 0\.1</);
    expect(page).toMatch(/<b>anneal<\/b>.*; failed: chemistry, /);
    expect(page).toMatch(/<b>synthesise~undo<\/b>.*: x1 0, x2 0; cost 2</);
  });

  it('is as before where no trial has steps', async () => {
    expect(await renderReport(someRecord([{ value: 1 }]))).not.toContain('class="steps"');
  });
});
