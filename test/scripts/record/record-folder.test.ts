import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { CampaignRecord } from '../../../models/domain/record.js';
import type { Observation } from '../../../models/domain/trial.js';
import { exportParted } from '../../../scripts/record/export.js';
import { parseRecord } from '../../../scripts/record/record-file.js';
import { besideIn, outputsOf, rawTrouble, writeFolder } from '../../../scripts/record/record-folder.js';
import { someRecord } from '../../support/record.js';

const base = await mkdtemp(join(tmpdir(), 'athanor-record-'));
afterAll(() => rm(base, { recursive: true }));

const sha = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex');
const contents = { 'measure/trace.csv': 'a,b\n', '../x': 'up', 'MEASURE/trace.csv': 'A,B\n' };
const bytesBySha = new Map(Object.values(contents).map((text) => [sha(text), Buffer.from(text)]));
const outputs = async function* (of: string) {
  yield bytesBySha.get(of)!;
};

function record(artefacts: Readonly<Record<string, string>>): CampaignRecord {
  const made = someRecord([{ value: 1 }]);
  const [trial] = made.trials;
  const kept = Object.fromEntries(Object.entries(artefacts).map(([name, text]) => [name, sha(text)]));
  const observation: Observation = {
    ...trial!.observation!,
    artefacts: kept,
    mediaTypes: { 'measure/trace.csv': 'text/csv' },
  };
  return { ...made, trials: [{ ...trial!, observation }] };
}

it('has the record, a table of the trials, and raw outputs as files whose names lead nowhere else', async () => {
  const folder = join(base, 'all');
  const whole = record(contents);
  expect(await writeFolder(folder, whole, outputs)).toBe(3);
  expect(parseRecord(await readFile(join(folder, 'record.json'), 'utf8'), 'r', besideIn(folder)).trials).toEqual(
    whole.trials,
  );
  expect(await readFile(join(folder, 'raw.csv'), 'utf8')).toBe(
    `trial,generation,name,bytes,mediaType,sha256,file
some/r1/p1,1,measure/trace.csv,4,text/csv,${sha('a,b\n')},raw/r1/p1/measure/trace.csv
some/r1/p1,1,../x,2,,${sha('up')},raw/r1/p1/_../x
some/r1/p1,1,MEASURE/trace.csv,4,,${sha('A,B\n')},raw/r1/p1/MEASURE/trace.csv.2
`,
  );
  expect(await readFile(join(folder, 'raw/r1/p1/measure/trace.csv'), 'utf8')).toBe('a,b\n');
  expect(await rawTrouble(folder, whole)).toEqual([]);
  await writeFile(join(folder, 'raw/r1/p1/measure/trace.csv'), 'other');
  await rm(join(folder, 'raw/r1/p1/_..'), { recursive: true });
  expect(await rawTrouble(folder, whole)).toEqual([
    'some/r1/p1: measure/trace.csv has another sha256 than its trial names',
    'some/r1/p1: ../x is not there',
  ]);
});

it('of what was run twice has the outputs of both times', () => {
  const whole = record({ a: 'x' });
  const [trial] = whole.trials;
  const again = { ...trial!, earlier: [{ observation: trial!.observation, throughRound: 1 }] };
  expect(outputsOf({ trials: [again] }).map(({ generation, name }) => [generation, name])).toEqual([
    [1, 'a'],
    [2, 'a'],
  ]);
});

it('has large artefacts as files of their own, which a reader puts back, and misses where they are gone', async () => {
  const large = Buffer.alloc(2_000, 7);
  const small = Buffer.from('small');
  const artefacts = { [sha(large)]: large.toString('base64'), [sha(small)]: small.toString('base64') };
  const whole = { ...record({}), artefacts };
  const { text, apart } = exportParted(whole, 1_000);
  expect([...apart.keys()]).toEqual([sha(large)]);
  expect(JSON.parse(text).artefacts).toEqual({ [sha(large)]: { size: 2_000 }, [sha(small)]: small.toString('base64') });
  expect(parseRecord(text, 'r', (of) => apart.get(of) ?? null).artefacts).toEqual(artefacts);
  expect(() => parseRecord(text, 'r')).toThrow(/an artefact that is not beside the record/);
  expect(() => parseRecord(text, 'r', () => Buffer.from('else'))).toThrow(/bytes of another sha256/);
});
