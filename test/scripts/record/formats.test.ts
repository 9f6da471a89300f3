import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import papaparse from 'papaparse';
import { describe, expect, it } from 'vitest';
import type { CampaignRecord } from '../../../models/domain/record.js';
import { type ExportFormat, type ExportOptions, exportPieces } from '../../../scripts/record/formats.js';
import { someRecord } from '../../support/record.js';

const message = '=HYPERLINK("http://evil")\nand "more"';

/** With everything that an export must not lose. */
function fullRecord(): CampaignRecord {
  const record = someRecord([
    { value: 1 / 3 },
    { cause: { class: 'device', code: 'killed', message }, fidelity: 'cheap' },
    { value: -2 },
  ]);
  const [first, failed, last] = record.trials;
  const noisy = { ...last!.observation!, noise: { gap: 0.1 }, contexts: { humidity: { value: 41, unit: '%' } } };
  const ruling = {
    ...{ verdict: 'amend' as const, values: { gap: -2 }, cause: null, who: 'Ada', why: 'typed wrong' },
    ...{ generation: 1, seq: 1, sinceRound: 4, at: 7 },
  };
  const earlier = [{ observation: first!.observation, throughRound: 3, ruled: true as const }];
  return {
    ...record,
    trials: [first!, failed!, { ...last!, startedAt: 5, observation: noisy, rulings: [ruling], earlier }],
  };
}

const bytesOf = (format: ExportFormat, record: CampaignRecord, options: ExportOptions = {}) =>
  Buffer.concat([...exportPieces(format, record, options)]);
const fileOf = (bytes: Buffer) => bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;

describe('exports', () => {
  it('are CSV by RFC 4180 with units in a second row, where no cell runs as a formula', () => {
    const text = bytesOf('csv', fullRecord(), { units: true }).toString();
    const rows = papaparse.parse<string[]>(text, { skipEmptyLines: true, newline: '\r\n' }).data;
    const [heads, units, ...trials] = rows;
    const column = (name: string) => heads!.indexOf(name);
    expect(units![column('value.gap')]).toBe('eV');
    expect(units![column('durationMs')]).toBe('ms');
    expect(trials).toHaveLength(3);
    expect(trials[1]![column('causeMessage')]).toBe(`'${message}`);
    expect(trials[2]![column('value.gap')]).toBe('-2');
    expect(trials[2]![column('contextUnit.humidity')]).toBe('%');
    expect(JSON.parse(trials[2]![column('rulings')]!)).toMatchObject([{ verdict: 'amend', who: 'Ada' }]);
  });

  it('are NDJSON that has every trial whole, or those that were asked for', () => {
    const record = fullRecord();
    const lines = (options?: ExportOptions) =>
      bytesOf('ndjson', record, options)
        .toString()
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line));
    const head = { campaign: 'some', units: { parameters: {}, outcomes: { gap: 'eV' } } };
    expect(lines()).toEqual(record.trials.map((trial) => ({ ...head, ...trial })));
    expect(lines({ fidelity: 'cheap' }).map(({ proposal }) => proposal.id)).toEqual(['some/r2/p1']);
    expect(lines({ state: 'running' })).toEqual([]);
  });

  it('are Parquet that another reader reads back, over several row groups', async () => {
    const { trials, ...record } = fullRecord();
    const many = Array.from({ length: 2500 }, (_, i) => trials[i % 3]!);
    const file = fileOf(bytesOf('parquet', { ...record, trials: many }));
    const metadata = parquetMetadata(file);
    expect(metadata.row_groups.map(({ num_rows }) => Number(num_rows))).toEqual([1000, 1000, 500]);
    const told = Object.fromEntries(metadata.key_value_metadata!.map(({ key, value }) => [key, value]));
    expect(JSON.parse(told['athanor.units']!)).toMatchObject({ 'value.gap': 'eV', durationMs: 'ms' });
    const rows = await parquetReadObjects({ file });
    expect(rows).toHaveLength(2500);
    expect(rows[2499]).toMatchObject({ trial: 'some/r1/p1', round: 1, 'value.gap': 1 / 3, startedAt: null });
    expect(rows[1]).toMatchObject({ outcome: 'failed', 'value.gap': null, causeMessage: message });
    expect(rows[2]).toMatchObject({ 'noise.gap': 0.1, 'context.humidity': 41, startedAt: new Date(5) });
    expect(rows.slice(0, 3).map((row) => row.record)).toEqual(trials);
    expect(await parquetReadObjects({ file: fileOf(bytesOf('parquet', { ...record, trials: [] })) })).toEqual([]);
  });
});
