import { describe, expect, it } from 'vitest';
import { purposeAmong, purposeOf, purposesOf } from '../../../../models/strategy/explain/purpose.js';
import { someCampaign } from '../../../support/campaigns.js';
import { someRecord } from '../../../support/record.js';

describe('what a proposal is for', () => {
  it('is to exploit where its mean betters the best so far, else to explore', () => {
    const { spec } = someCampaign();
    const turned = { ...spec, objectives: [{ name: 'f', direction: 'maximise' as const }] };
    expect(purposeOf(spec, { targetMean: 1 }, 2)).toBe('exploit');
    expect(purposeOf(spec, { targetMean: 2 }, 2)).toBe('explore');
    expect(purposeOf(turned, { targetMean: 1 }, 2)).toBe('explore');
    expect(purposeOf(turned, { targetMean: 3 }, 2)).toBe('exploit');
    expect(purposeOf(spec, { targetMean: null }, 2)).toBe('explore');
    expect(purposeOf(spec, { targetMean: 1 }, null)).toBe('explore');
    expect(purposeOf(spec, { targetMean: 2, purpose: 'exploit' }, 1)).toBe('exploit');
  });

  it('is judged by what was known when it was chosen: no later value, none in flight then, none of a lower fidelity', () => {
    const { campaign, trials } = someRecord([
      { value: 2, molecule: 'C' },
      { value: 9, molecule: 'CC', fidelity: 'cheap' },
      { value: 5, molecule: 'CCC' },
      { value: 4, molecule: 'CCCC', mean: 3 },
      { value: 7, molecule: 'CO', mean: 4.5 },
      { value: 1, molecule: 'CCO', mean: 4.5 },
    ]);
    const inFlight = trials.map((trial, i) => {
      const { proposal } = trial;
      const pending = i === 3 ? ['some/r3/p1'] : [];
      return { ...trial, proposal: { ...proposal, basis: { ...proposal.basis, pending } } };
    });
    const words = (given: typeof trials) => [...purposesOf(campaign.spec, given).values()];
    expect(words(trials)).toEqual(['explore', 'explore', 'explore', 'explore', 'explore', 'explore']);
    expect(words(inFlight)).toEqual(['explore', 'explore', 'explore', 'exploit', 'explore', 'explore']);
  });
});

it('of several objectives it exploits where what is expected would join the front', () => {
  const spec = {
    ...someCampaign().spec,
    objectives: [
      { name: 'f', direction: 'maximise' as const },
      { name: 'g', direction: 'minimise' as const },
    ],
  };
  const front = [{ losses: [-5, 2], feasible: true }];
  const at = (targetMean: number, g: number) => ({ targetMean, outcomes: [{ name: 'g', mean: g, sd: 1 }] });
  expect(purposeAmong(spec, at(6, 3), front)).toBe('exploit');
  expect(purposeAmong(spec, at(4, 3), front)).toBe('explore');
  expect(purposeAmong(spec, at(6, 1), [])).toBe('explore');
  expect(purposeAmong(spec, { targetMean: 6 }, front)).toBe('explore');
  expect(purposeAmong(spec, { ...at(4, 3), purpose: 'exploit' }, front)).toBe('exploit');
});
