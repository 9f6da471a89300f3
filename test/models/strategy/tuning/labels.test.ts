import { describe, expect, it } from 'vitest';
import { visitsOf } from '../../../../models/strategy/history.js';
import { labelsHash, molecularLabels } from '../../../../models/strategy/tuning/labels.js';
import { someRecord } from '../../../support/record.js';
import { chainRecord, chainValue } from '../../../support/tiny-tunable.js';

const labelsOf = ({ campaign, trials }: ReturnType<typeof chainRecord>, on?: string) =>
  molecularLabels(campaign, visitsOf(campaign, trials, []), on);

describe('molecularLabels', () => {
  it('has every value of every level, in its own unit, earlier campaigns first', () => {
    const { on, smiles, levels, labels, target } = labelsOf(chainRecord({ cheap: 12, exact: 4 }));
    expect([on, levels]).toEqual(['molecule', ['earlier campaign before', 'cheap', 'exact']]);
    expect(labels).toHaveLength(10 + 12 + 4);
    const exact = labels.filter(({ level }) => level === 2);
    expect(exact.map(({ molecule, value }) => [smiles[molecule], value])).toEqual(
      target.rows.map((row) => [row.smiles, chainValue(row.smiles)]),
    );
    expect(new Set(smiles).size).toBe(smiles.length);
  });

  it('has molecules of earlier campaigns that the space does not have, and knows which labels came before a target value', () => {
    const made = chainRecord({ cheap: 12, exact: 4 });
    const [source] = made.campaign.space.sources!;
    const designs = [...source!.designs, { molecule: 'OOO' }, { molecule: 'NNN' }];
    const sources = [{ ...source!, designs, values: [...source!.values, 5, 6] }];
    const space = { ...made.campaign.space, sources };
    const { smiles, labels, target } = labelsOf({ ...made, campaign: { ...made.campaign, space } });
    expect(labels.slice(10, 12).map(({ molecule, level, value }) => [smiles[molecule], level, value])).toEqual([
      ['OOO', 0, 5],
      ['NNN', 0, 6],
    ]);
    expect(target.rows.map(({ label }) => label)).toEqual([24, 25, 26, 27]);
    expect(target.rows.map(({ label }) => smiles[labels[label]!.molecule])).toEqual(
      target.rows.map((row) => row.smiles),
    );
  });

  it('leaves out levels without values, trials that failed, and takes molecules outside the space', () => {
    const cause = { class: 'chemistry', code: 'x', message: 'no' } as never;
    const made = someRecord([
      { molecule: 'CCO', value: 1 },
      { molecule: 'CCN', cause },
      { molecule: 'CCC', value: 2 },
    ]);
    const parameters = [{ name: 'molecule', type: 'substance' as const, smiles: ['CCO', 'CCN'] }];
    const { smiles, levels, labels } = labelsOf({
      ...made,
      campaign: { ...made.campaign, space: { parameters, pool: null } },
    });
    expect([smiles, levels, labels.map(({ value }) => value)]).toEqual([['CCO', 'CCC'], ['exact'], [1, 2]]);
  });

  it('is known by its values, and refuses campaigns without any, or without the substance', () => {
    const record = chainRecord({ cheap: 12, exact: 4 });
    expect(labelsHash(labelsOf(record))).toBe(labelsHash(labelsOf(chainRecord({ cheap: 12, exact: 4 }))));
    expect(labelsHash(labelsOf(record))).not.toBe(labelsHash(labelsOf(chainRecord({ cheap: 12, exact: 5 }))));
    expect(() => labelsOf(someRecord([]))).toThrow(/nothing was measured yet/);
    expect(() => labelsOf(record, 'acid')).toThrow(/'acid' is no substance of the designs \(one of molecule\)/);
  });
});
