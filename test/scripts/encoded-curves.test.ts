import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRegistry } from '../../lab-adapters/registry.js';
import { type CampaignRecord, campaignRecordSchema } from '../../models/domain/record.js';
import { codesKey, unpackedRows } from '../../models/domain/space-codes.js';
import { SpaceEncoder } from '../../models/encode/space-encoder.js';
import { Generator } from '../../models/random/generator.js';
import { readCampaignText } from '../../scripts/campaign-file.js';
import { StrangerCodes } from '../../scripts/predict/stranger-codes.js';
import { verifyRecord } from '../../scripts/record/verify.js';
import { runInProcess } from '../../scripts/simulate/run-in-process.js';
import { writeModel } from '../support/models-folder.js';
import { hasOnnxRuntime } from '../support/screen-models.js';
import { tinyNumbersBundle } from '../support/tiny-numbers.js';

const present = await hasOnnxRuntime();
const [samples, places] = [14, 20];
const random = new Generator(7, 'spectra');
/** What a sample consists of; spectra are a sum of two bands, at an unknown strength. */
const shares = Array.from({ length: samples }, () => random.uniform());
const spectra = shares.map((share) => {
  const strength = 1 + random.uniform();
  const band = (t: number, at: number) => Math.exp(-(((t - at) / 3) ** 2));
  return Array.from({ length: places }, (_, t) => strength * (share * band(t, 5) + (1 - share) * band(t, 14)) + 0.1);
});
/** The sample whose spectrum was not measured. */
const bare = 4;

let folder: string;
let home: string;
const text = (encoders: string, designs = '{name: sample, type: categorical}, {name: T, type: continuous}') => `
name: spectra
space:
  pool: {file: pool.csv, designColumns: [${designs}]}
objectives: [{name: y, direction: maximise}]
fidelities: [{name: table, adapter: dataset, settings: {file: pool.csv}, cost: 1}]
strategy: {initial: {trials: 5}}
budget: {trials: 8}
encoders: ${encoders}
`;
const read = (encoders: string, notes: string[] = []) =>
  readCampaignText(text(encoders), {
    ...{ home, file: 'c.yaml', baseDir: folder },
    onNote: (line) => notes.push(line),
  });
const columns = "columns: {from: '400', to: '590'}";

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'athanor-curves-'));
  home = path.join(folder, 'home');
  await mkdir(path.join(folder, 'files'));
  const names = Array.from({ length: places }, (_, t) => String(400 + 10 * t));
  const rows = spectra.map((y, i) => {
    const own = i === bare ? y.map(() => '') : y.map(String);
    return [`s${i}`, 20 + (i % 3), ...own, own.join(' ').trim(), i === bare ? '' : `files/${i}.csv`, shares[i]];
  });
  const table = [['sample', 'T', ...names, 'all', 'file', 'y'], ...rows].map((row) => row.join(',')).join('\n');
  await writeFile(path.join(folder, 'pool.csv'), `${table}\n`);
  // As an instrument writes them: from long to short, not at the same places.
  for (const [i, y] of spectra.entries()) {
    const lines = y.map((value, t) => `${400 + 10 * t},${value}`).slice(i % 2);
    await writeFile(path.join(folder, 'files', `${i}.csv`), `nm,A\n${lines.reverse().join('\n')}\n`);
  }
  const model = tinyNumbersBundle(12, 'curve');
  await writeModel(path.join(home, 'models', 'tiny-curve@1'), model);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('curves of the rows of a pool', () => {
  it('are told by their components: of spectra of two bands at any strength by one, which tells their shares', async () => {
    const notes: string[] = [];
    const { space } = await read(`[{model: curves, on: [sample], curve: {${columns}, explained: 0.9}}]`, notes);
    const [codes] = space.codes!;
    expect(codes).toMatchObject({
      encoder: 'curves@1',
      output: 'components',
      reads: 'curves',
      on: ['sample'],
      width: 1,
    });
    const rows = unpackedRows(codes!);
    expect(rows.size).toBe(samples - 1);
    const order = [...rows].sort(([, a], [, b]) => a[0]! - b[0]!).map(([sample]) => shares[Number(sample.slice(1))]!);
    const rising = [...order].sort((a, b) => a - b);
    expect([rising, [...rising].reverse()]).toContainEqual(order);
    expect(notes).toContainEqual(expect.stringContaining('1 of 14 rows have no curve, and are masked'));
  });

  it('come to the same from one column, and nearly so from files of their own', async () => {
    const of = async (curve: string) =>
      unpackedRows((await read(`[{model: curves, on: [sample], curve: {${curve}, explained: 0.9}}]`)).space.codes![0]!);
    const [apart, joined, files] = [await of(columns), await of('column: all'), await of('files: file')];
    expect(joined).toEqual(apart);
    expect([...files.keys()]).toEqual([...apart.keys()]);
    const list = (rows: ReadonlyMap<string, Float32Array>) => [...rows.values()].map((row) => row[0]!);
    const [a, b] = [list(apart), list(files)];
    const norm = (values: number[]) => Math.hypot(...values);
    const cosine = a.reduce((sum, value, i) => sum + value * b[i]!, 0) / (norm(a) * norm(b));
    expect(Math.abs(cosine)).toBeGreaterThan(0.99);
  });

  it('mask a row without one, in decisions that are verified', async () => {
    const campaign = await read(`[{model: curves, curve: {${columns}}}]`);
    const { space } = campaign;
    expect(space.codes![0]!.on).toEqual(['sample', 'T']);
    const encoder = await SpaceEncoder.of(space);
    const encoded = encoder.encode([...space.pool!.designs]);
    expect([...encoded.coded].map((place) => place < 0)).toEqual(shares.map((_, i) => i === bare));
    const record = await runInProcess(campaign, { registry: createRegistry(), log: () => {} });
    const parsed = campaignRecordSchema.parse(JSON.parse(JSON.stringify(record)));
    expect(await verifyRecord(parsed as CampaignRecord)).toMatchObject({ checked: 8, mismatches: [] });
    const notes: string[] = [];
    const coders = await StrangerCodes.open(space.codes!, home, (line) => notes.push(line));
    expect(await coders.of([{ encoder: codesKey(space.codes![0]!), keys: ['x'] }])).toEqual([]);
    await coders.close();
    expect(notes).toEqual([expect.stringContaining('no curves of new designs are known')]);
  });

  it.runIf(present)('are given to a network on as many points as it takes', async () => {
    const { space } = await read(`[{model: tiny-curve, on: [sample], curve: {${columns}, normalise: area}}]`);
    expect(space.codes![0]).toMatchObject({ encoder: 'tiny-curve@1', reads: 'curves', width: 5 });
    expect(space.codes![0]!.keys).toHaveLength(samples - 1);
  });

  it('are refused where they take in a column that trials are to find out', async () => {
    await writeFile(path.join(folder, 'leak.csv'), 'sample,T,1,2,y,low\na,1,1,2,3,4\nb,1,2,1,3,5\n');
    const told = async (stretch: string) => {
      const file = text(`[{model: curves, on: [sample], curve: {columns: ${stretch}}}]`)
        .replaceAll('pool.csv', 'leak.csv')
        .replace('settings: {file: leak.csv}', 'settings: {file: leak.csv, values: {y: low}}');
      return readCampaignText(file, { home, file: 'c.yaml', baseDir: folder }).then(
        () => null,
        (error: Error) => error.message,
      );
    };
    expect(await told("{from: '1', to: '2'}")).toBeNull();
    const message = await told("{from: '1', to: low}");
    for (const name of ['y', 'low'])
      expect(message).toContain(`encoders[0].curve: column '${name}' is what trials are to find out`);
    expect(await told("['1', '2', y]")).toContain("column 'y' is what trials are to find out");
  });

  it('are refused where they cannot be read, with every fault', async () => {
    const broken = spectra.map(
      (y, i) => `s${i},20,${y.slice(0, i === 2 ? 3 : 4).join(' ')},${i === 3 ? 'x' : 1},,${i}`,
    );
    await writeFile(path.join(folder, 'broken.csv'), `sample,T,all,1,2,y\n${broken.join('\n')}\n`);
    const entries = [
      '{model: curves, curve: {column: all}}',
      "{model: curves, curve: {columns: ['1', '2']}}",
      '{model: curves, curve: {column: absent}}',
      '{model: curves}',
      '{model: curves, curve: {column: all}, on: [nothing]}',
      '{model: elements, curve: {column: all}}',
      '{model: curves, curve: {column: all, files: all}}',
    ];
    const file = text(`\n  - ${entries.join('\n  - ')}`).replaceAll('pool.csv', 'broken.csv');
    const told = await readCampaignText(file, { home, file: 'c.yaml', baseDir: folder }).catch((e: Error) => e.message);
    for (const part of [
      'encoders[0].curve: broken.csv: line 4 has 3 numbers, where line 2 has 4',
      'encoders[1].curve: broken.csv: line 2: a place of the curve is empty; line 3',
      "encoders[2].curve: no column 'absent' in broken.csv",
      "encoders[3].model: 'curves' encodes curves, and none are named",
      "encoders[4].on: 'nothing' is no parameter of the space",
      "encoders[5].curve: 'elements' encodes no curves",
      'line 16, encoders[6].curve: {"column":"all","files":"all"} does not fit (one of \'columns\'',
    ])
      expect(told).toContain(part);
    const bare = text('[{model: curves, curve: {column: all}}]').replace(
      / {2}pool:.*/,
      '  parameters: [{name: x, type: continuous, bounds: [0, 1]}]',
    );
    await expect(
      readCampaignText(bare, { home, file: 'c.yaml', baseDir: folder, adapters: 'unchecked' }),
    ).rejects.toThrow('the space has no pool');
  });
});
