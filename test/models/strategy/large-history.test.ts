import { describe, expect, it } from 'vitest';
import { Planner } from '../../../models/strategy/ask-tell.js';
import { someCampaign, somePool } from '../../support/campaigns.js';

const pool = somePool(2100);
const campaign = someCampaign(
  {
    fidelities: [{ name: 'high', adapter: 'problem', cost: 1 }],
    strategy: { surrogate: 'icm' },
    budget: { trials: 2100 },
  },
  pool,
);

/** Rows of the pool, the first `n` measured. */
function planner(n: number): Planner {
  const made = new Planner(campaign);
  made.tell(Array.from({ length: n }, (_, i) => ({ rowId: `r${i}`, value: Math.sin(i / 300) + Math.cos(i) / 5 })));
  return made;
}

describe('a history of more than 2,000 observations', () => {
  it('is fitted by a representative 2,000 of them, which the record and the reason say', async () => {
    const [proposal] = (await planner(2005).ask()).proposals;
    expect(proposal!.basis.fit!.approximation).toBe('subset 2000 of 2005');
    expect(proposal!.basis.fit!.observations).toBe(2005);
    expect(proposal!.reason.text).toContain('; by an approximation: subset 2000 of 2005');
  });

  it('is exact below', async () => {
    const [proposal] = (await planner(300).ask()).proposals;
    expect(proposal!.basis.fit).not.toHaveProperty('approximation');
    expect(proposal!.reason.text).not.toContain('approximation');
  });
});
