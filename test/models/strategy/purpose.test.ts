import { describe, expect, it } from 'vitest';
import { purposeOf } from '../../../models/strategy/purpose.js';
import { someCampaign } from '../../support/campaigns.js';

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
  });
});
