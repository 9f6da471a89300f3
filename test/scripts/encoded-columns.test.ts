import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRegistry } from '../../lab-adapters/registry.js';
import { type CampaignRecord, campaignRecordSchema } from '../../models/domain/record.js';
import { codesKey, joinedKey, unpackedRows } from '../../models/domain/space-codes.js';
import { elementStatistics } from '../../models/encode/elements.js';
import { openNetwork } from '../../models/encode/encoders/stored-network.js';
import type { ModelBundle } from '../../models/pretrained/bundle.js';
import { loadCampaign, readCampaignText } from '../../scripts/campaign-file.js';
import { StrangerCodes } from '../../scripts/predict/stranger-codes.js';
import { verifyRecord } from '../../scripts/record/verify.js';
import { runInProcess } from '../../scripts/simulate/run-in-process.js';
import { writeModel } from '../support/models-folder.js';
import { hasOnnxRuntime } from '../support/screen-models.js';
import { tinyBundle, tinyPattern } from '../support/tiny-encoder.js';
import { tinyNumbersBundle } from '../support/tiny-numbers.js';

const present = await hasOnnxRuntime();
const tokenizer = {
  ...{ kind: 'smiles-regex+vocab', vocab: 'vocab.txt', pattern: `${tinyPattern}|\\.|>>?`, cls: '[CLS]', sep: '[SEP]' },
  ...{ pad: '[PAD]', unknown: '[UNK]', maxLength: 64 },
};
const reactions = tinyBundle({ seed: 4 }, { id: 'rx', modality: 'reaction-smiles', tokenizer });
const words = tinyBundle({ seed: 5 }, { id: 'words', modality: 'text', tokenizer });

const acids = ['CC(=O)O', 'OC=O', 'CCC(=O)O'];
const amines = ['CN', 'CCN', 'NCCO', 'c1ccccc1N'];
const notes = ['CO', 'NO CO', 'C1'];
const oxides = ['Fe2O3', 'TiO2', 'Al2O3', 'MgO'];

let folder: string;
let home: string;
const campaign = (encoders: string, more = '') => `
name: columns
space:
  pool:
    file: pool.csv
    id: row
    designColumns:
      - {name: acid, type: substance}
      - {name: amine, type: substance}
      - {name: note, type: categorical}
      - {name: support, type: formula}
objectives: [{name: y, direction: maximise}]
fidelities: [{name: table, adapter: dataset, settings: {file: pool.csv, id: row}, cost: 1}]
strategy: {initial: {trials: 5}}
budget: {trials: 8}
${encoders}
${more}`;
const read = (encoders: string, onNote: (line: string) => void = () => {}) =>
  readCampaignText(campaign(encoders), { home, adapters: 'unchecked', file: 'c.yaml', baseDir: folder, onNote });

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'athanor-columns-'));
  home = path.join(folder, 'home');
  // Of twelve reactions eleven stand in the pool.
  const rows = acids
    .flatMap((acid, i) => amines.map((amine, j) => [acid, amine, notes[(i + j) % 3], oxides[j], i + 2 * j]))
    .slice(0, 11);
  await writeFile(
    path.join(folder, 'pool.csv'),
    `row,acid,amine,note,support,y\n${rows.map((row, i) => [`r${i}`, ...row].join(',')).join('\n')}\n`,
  );
  const models: ModelBundle[] = [reactions, words, tinyNumbersBundle(40, 'element-fractions')];
  for (const model of models)
    await writeModel(path.join(home, 'models', `${model.manifest.id}@${model.manifest.version}`), model);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe.runIf(present)('encoders of what is no molecule', () => {
  it('are not fine-tuned by a campaign, and the file says so', async () => {
    const finetune = 'finetune: {every: 50}';
    const refused = (encoder: string) =>
      read(`encoders: [{${encoder}, ${finetune}}]`).catch((error: Error) => error.message);
    expect(await refused('model: elements')).toContain(
      "encoders[0].finetune: 'elements' has nothing that could be fine-tuned",
    );
    expect(await refused('model: words')).toContain(
      'encoders[0].finetune: only encoders of molecules are fine-tuned, no texts',
    );
    const reaction = await refused('model: rx, reaction: [amine, acid]');
    expect(reaction).toContain('only encoders of molecules are fine-tuned, no reactions');
    expect(await read(`encoders: [{model: rx, on: [acid], ${finetune}}]`)).toMatchObject({
      spec: { encoders: [{ finetune: { every: 50 } }] },
    });
  });

  it('are given the rows of a pool as reactions, of canonical parts in the order of the file', async () => {
    const { space } = await read('encoders: [{model: rx, reaction: [amine, acid], product: CNC=O}]');
    const [codes] = space.codes!;
    expect(codes).toMatchObject({ reads: 'reactions', on: ['amine', 'acid'], product: 'CNC=O', width: 6 });
    expect(codes!.keys).toHaveLength(11);
    const network = (await openNetwork(reactions, 'reactions'))!;
    const [wanted, swapped] = await network.encode(['CN.CC(=O)O>>CNC=O', 'CC(=O)O.CN>>CNC=O']);
    const made = unpackedRows(codes!).get(joinedKey(['CN', 'CC(=O)O']))!;
    expect([...made]).toEqual([...wanted!]);
    expect([...made]).not.toEqual([...swapped!]);
    await network.release();
    // A column may be the product; it comes last, and one model may read reactions and molecules.
    const both = await read('encoders: [{model: rx, reaction: [acid], product: amine}, {model: rx, on: [acid]}]');
    expect(both.space.codes!.map(({ reads, on }) => [reads, on])).toEqual([
      ['reactions', ['acid', 'amine']],
      ['molecules', ['acid']],
    ]);
  });

  it('without a pool are given all combinations, and refused where these are too many', async () => {
    const space = (levels: number) => `space:
  parameters:
    - {name: acid, type: substance, smiles: [${acids.join(', ')}]}
    - {name: amine, type: substance, smiles: [${Array.from({ length: levels }, (_, i) => 'C'.repeat(i + 1)).join(', ')}]}`;
    const text = (levels: number, more = '') =>
      campaign(`encoders: [{model: rx, reaction: [acid, amine${more}]}]`).replace(
        /space:[\s\S]*?(?=objectives)/,
        `${space(levels)}\n`,
      );
    const options = { home, adapters: 'unchecked', file: 'c.yaml', baseDir: folder } as const;
    const { space: read } = await readCampaignText(text(4), options);
    expect(read.codes![0]!.keys).toHaveLength(12);
    const many = text(150, ', third').replace(
      'objectives',
      `    - {name: third, type: substance, smiles: [${Array.from({ length: 60 }, (_, i) => 'N'.repeat(1) + 'C'.repeat(i)).join(', ')}]}\nobjectives`,
    );
    await expect(readCampaignText(many, options)).rejects.toThrow(
      'encoders[0].reaction: 27000 combinations of acid, amine, third (at most 20000, or a pool',
    );
  });

  it('are given texts and compositions, each column by itself', async () => {
    const { space } = await read(
      'encoders: [{model: words}, {model: elements}, {model: tiny-element-fractions, on: [support]}, {model: words, on: [acid]}]',
    );
    const [texts, elements, network, names] = space.codes!;
    expect(texts).toMatchObject({ reads: 'texts', on: ['note'], keys: ['C1', 'CO', 'NO CO'] });
    expect(elements).toMatchObject({
      encoder: 'elements@1',
      output: 'statistics',
      reads: 'compositions',
      on: ['support'],
    });
    const iron = unpackedRows(elements!).get('Fe:0.4 O:0.6')!;
    expect([...iron]).toEqual([...Float32Array.from(elementStatistics({ Fe: 0.4, O: 0.6 }))]);
    expect(network).toMatchObject({ reads: 'compositions', on: ['support'], width: 5 });
    expect(names!.keys).toEqual(expect.arrayContaining(acids));
  });

  it('stand in decisions, which are verified without the models', async () => {
    const text = campaign('encoders: [{model: rx, reaction: [amine, acid]}, {model: words}, {model: elements}]');
    const file = path.join(folder, 'columns.yaml');
    await writeFile(file, text);
    const own = await loadCampaign(file, { home });
    const record = await runInProcess(own, { registry: createRegistry(), log: () => {} });
    const parsed = campaignRecordSchema.parse(JSON.parse(JSON.stringify(record)));
    expect(await verifyRecord(parsed as CampaignRecord)).toMatchObject({ checked: 8, mismatches: [] });
    const fits = record.trials.flatMap(({ proposal }) => proposal.basis.fit?.members.map(({ name }) => name) ?? []);
    expect(fits).toContain('blocks-gp');
  });

  it('tell of new designs, as far as the models are there', async () => {
    const { space } = await read('encoders: [{model: rx, reaction: [amine, acid]}, {model: words}, {model: elements}]');
    const notes: string[] = [];
    const asked = (c: number, key: string) => ({ encoder: codesKey(space.codes![c]!), keys: [key] });
    const all = [asked(0, joinedKey(['OCCN', 'OC=O'])), asked(1, 'CON'), asked(2, 'Cu:0.5 O:0.5')];
    const coders = await StrangerCodes.open(space.codes!, home, (line) => notes.push(line));
    const told = await coders.of(all);
    expect(told.map(({ of }, i) => of(all[i]!.keys[0]!)?.length)).toEqual([6, 6, 75]);
    await coders.close();
    expect(notes).toEqual([]);
    const elsewhere = await StrangerCodes.open(space.codes!, path.join(folder, 'empty'), (line) => notes.push(line));
    expect((await elsewhere.of(all)).map(({ encoder }) => encoder.split(' ')[0])).toEqual(['elements@1']);
    expect(notes).toEqual([
      expect.stringMatching(/rx@1 .* is not in the home .*: new reactions are predicted without/),
      expect.stringMatching(/words@1 .* new texts are predicted without/),
    ]);
    await elsewhere.close();
  });

  it('are refused with every fault at once, its line and what is allowed', async () => {
    const lines = [
      '- {model: words, on: [support]}',
      '- {model: words, reaction: [acid]}',
      '- {model: rx, reaction: [acid, note, acid]}',
      '- {model: rx, reaction: [acid], product: acid}',
      '- {model: rx, reaction: [acid], product: nonsense}',
      '- {model: rx, product: CC}',
      '- {model: elements, on: [acid]}',
      '- {model: gone, reaction: [acid, note], product: CC}',
    ];
    const fault = await read(`encoders:\n  ${lines.join('\n  ')}`).catch((error: Error) => error.message);
    const begin = campaign('').split('\n').length;
    for (const part of [
      `line ${begin}, encoders[0].on: 'support' is no column of texts of the space (columns of texts are acid, amine, note)`,
      'encoders[1].model: model words takes text, no reactions',
      "encoders[2].reaction: 'acid' is named twice",
      "encoders[2].reaction: 'note' is no substance of the space (substances are acid, amine)",
      "encoders[3].product: 'acid' is what reacts, too",
      "encoders[4].product: 'nonsense' is not a molecule",
      'encoders[5].product: there is no reaction',
      "encoders[6].on: 'acid' is no formula or composition of elements of the space (formulas or compositions of elements are support)",
      "encoders[7].reaction: 'note' is no substance of the space (substances are acid, amine)",
    ])
      expect(fault).toContain(part);
  });

  it('are refused where one is named twice: the same model, output and columns', async () => {
    const twice = read('encoders: [{model: words}, {model: words@1, on: [note], output: pool1}]');
    await expect(twice).rejects.toThrow('encoders[1].model: the same as encoders[0]: model, output and columns');
    const others = 'encoders: [{model: words}, {model: words, output: pool0}, {model: words, on: [amine]}]';
    expect((await read(others)).space.codes).toHaveLength(3);
  });
});
