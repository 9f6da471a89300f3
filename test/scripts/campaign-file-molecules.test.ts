import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InvalidInputError } from '../../models/domain/errors.js';
import type { Fault } from '../../models/domain/fault.js';
import { readCampaignText } from '../../scripts/campaign-file.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'athanor-molecules-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const rest = `
objectives: [{name: f, direction: maximise}]
fidelities: [{name: exact, adapter: by-hand, cost: 1}]
budget: {trials: 3}
`;

async function faultsOf(space: string): Promise<readonly Fault[]> {
  const text = `name: mols\nspace:\n${space}${rest}`;
  const error: unknown = await readCampaignText(text, { file: 'm.yaml', baseDir: folder, adapters: 'unchecked' }).then(
    () => null,
    (reason) => reason,
  );
  if (error === null) return [];
  expect(error).toBeInstanceOf(InvalidInputError);
  return (error as InvalidInputError).faults;
}

const listed = (smiles: readonly string[]) =>
  `  parameters: [{name: m, type: substance, smiles: ${JSON.stringify(smiles)}}]`;

const hostile: Readonly<Record<string, string>> = {
  'a long chain': 'N'.repeat(1500),
  'a text of a million letters': 'C'.repeat(1_000_000),
  'branches in branches': `${'C('.repeat(800)}C${')'.repeat(800)}`,
};

describe.each(Object.entries(hostile))('%s', (_, smiles) => {
  it('is refused with its reason in a list and in a pool, and other molecules are read after it', async () => {
    const own = await faultsOf(listed(['CCO', smiles]));
    expect(own).toMatchObject([{ message: expect.stringMatching(/at most (300|5000) are read$/) }]);
    expect(own[0]!.message.length).toBeLessThan(300);
    await writeFile(join(folder, 'pool.csv'), `m\nCCO\n${smiles}\n`);
    const pooled = await faultsOf('  pool: {file: pool.csv, designColumns: [{name: m, type: substance}]}');
    expect(pooled).toHaveLength(1);
    expect(await faultsOf(listed(['CCO', 'CCN']))).toEqual([]);
  });
});
