import { expect, it } from 'vitest';
import { createRegistry } from '../../../lab-adapters/registry.js';
import type { Campaign } from '../../../models/domain/campaign.js';
import type { CodesVersion } from '../../../models/domain/codes-version.js';
import type { CampaignRecord } from '../../../models/domain/record.js';
import { sha256Of } from '../../../models/domain/sha256.js';
import { packedRows, type SpaceCodes } from '../../../models/domain/space-codes.js';
import { writtenArtefacts } from '../../../models/strategy/artefacts.js';
import { decide } from '../../../models/strategy/decide.js';
import { grownRecord } from '../../../models/strategy/growth.js';
import { codesText } from '../../../models/strategy/versions.js';
import { exportJson } from '../../../scripts/record/export.js';
import { parseRecord } from '../../../scripts/record/record-file.js';
import { verifyRecord } from '../../../scripts/record/verify.js';
import { runInProcess } from '../../../scripts/simulate/run-in-process.js';
import { problemCampaign } from '../../workflows/durable-host.js';

const smiles = { water: 'O', methanol: 'CO', ethanol: 'CCO', propanol: 'CCCO', amine: 'CN' };
const names = Object.values(smiles);
const codesBy = (encoder: string, of: (i: number) => number[]): SpaceCodes => ({
  ...{ encoder, output: 'o', identity: sha256Of(encoder), on: ['solvent'], width: 2, keys: names },
  reads: 'molecules',
  rows: packedRows(names.map((_, i) => of(i))),
});
const first = codesBy('e@1', (i) => [Math.sin(i), i * i]);
const second = codesBy('e@1-ft1', (i) => [Math.cos(3 * i), -i]);
const bytes = codesText(second);
const artefact = sha256Of(bytes);
const version: CodesVersion = { at: 0, encoder: 'e@1-ft1', output: 'o', identity: second.identity, artefact };

function coded(): Campaign {
  const bare = problemCampaign('coded', {
    space: {
      parameters: [
        { name: 'x1', type: 'continuous', bounds: [-5, 10] },
        { name: 'x2', type: 'continuous', bounds: [0, 15] },
        { name: 'solvent', type: 'substance', smiles },
      ],
    },
    strategy: { initial: { trials: 4 } },
    budget: { trials: 9 },
  });
  return { ...bare, space: { ...bare.space, codes: [first] } };
}

/** Runs it with another version from a round on, and back to the first in its last. */
async function runWith(since: number): Promise<CampaignRecord> {
  const record = await runInProcess(coded(), {
    registry: createRegistry(),
    decide: (request) =>
      decide(
        request.round < since || request.round === 9
          ? request
          : { ...request, codes: [version], artefacts: async () => bytes },
      ),
  });
  return { ...record, ...writtenArtefacts(new Map([[artefact, bytes]])) };
}

it('a decision is made with the version that is in use, says so, and is computed again', async () => {
  const record = parseRecord(exportJson(await runWith(7)), 'record');
  const used = record.trials.map(({ proposal }) => proposal.basis.codes?.map(({ encoder }) => encoder) ?? null);
  expect(used).toEqual([...Array(6).fill(null), ['e@1-ft1'], ['e@1-ft1'], null]);
  expect((await verifyRecord(record)).mismatches).toEqual([]);
  // Hyperparameters of other columns are not gone on with.
  const own = record.trials.slice(4).map(({ proposal }) => proposal.basis.fit!.encoding !== undefined);
  expect(own).toEqual([false, false, true, true, false]);
  const before = { ...record, trials: record.trials.slice(0, 8) };
  expect((await grownRecord(before)).campaign.space.codes).toEqual([second]);
  expect((await grownRecord(record)).campaign.space.codes).toEqual([first]);
  const plain = await runWith(100);
  const designs = ({ trials }: CampaignRecord) => trials.map(({ proposal }) => proposal.design);
  expect(designs(plain).slice(0, 6)).toEqual(designs(record).slice(0, 6));
  expect(designs(plain)).not.toEqual(designs(record));
});

it('codes that are missing, of another version or none at all are refused with words', async () => {
  const record = await runWith(7);
  const without = { ...record, artefacts: {} };
  expect(() => parseRecord(exportJson(without), 'record')).toThrow(`names artefact ${artefact}`);
  const asked = { campaign: coded(), round: 8, count: 1, pending: [], remainingCost: null, trials: record.trials };
  const refused = (codes: CodesVersion, given = bytes) =>
    decide({ ...asked, codes: [codes], artefacts: async () => given }).then(
      () => null,
      (error: Error & { code: string }) => [error.code, error.message],
    );
  const text = new TextEncoder().encode('{}');
  expect(await refused({ ...version, encoder: 'e@1-ft2' })).toEqual([
    'ARTEFACT',
    `codes 0 of the space by e@1-ft2: the artefact ${artefact} holds those of e@1-ft1, output o`,
  ]);
  expect(await refused({ ...version, at: 1 })).toEqual([
    'ARTEFACT',
    'codes 1 of the space by e@1-ft1: the space has none at that place',
  ]);
  expect((await refused({ ...version, artefact: sha256Of(text) }, text))![1]).toMatch(/holds no codes$/);
});
