import { describe, expect, it } from 'vitest';
import type { TrialRecord } from '../../models/domain/record.js';
import { Generator } from '../../models/random/generator.js';
import { decide } from '../../models/strategy/decide.js';
import { loopSettings } from '../../scripts/loop-settings.js';
import { step } from '../../workflows/campaign-state.js';
import { initialState, type LoopCommand, type LoopEvent } from '../../workflows/loop.js';
import { ended, someCampaign } from '../support/campaigns.js';

const budget = 12;
const stated: Readonly<Record<string, number>> = { low: 0.1, high: 1 };

/** Plays a campaign with three trials in flight, which end in any order and cost what they like, to its end. */
async function play(seed: number, scatter: number) {
  const strategy = { acquisition: 'random', initial: { trials: 3, lowCost: 0.5 } };
  const campaign = someCampaign({ seed, parallel: 3, budget: { cost: budget }, strategy });
  const settings = loopSettings(campaign.spec);
  const random = new Generator(seed, 'costs');
  const records = new Map<string, TrialRecord>();
  const queue: LoopCommand[] = [];
  let state = initialState(settings);
  let withdrawn = 0;
  let overrun = 0;
  const post = (event: LoopEvent) => {
    const next = step(settings, state, event);
    const { commands } = next;
    state = next.state;
    if (commands.some(({ type }) => type === 'startTrial')) overrun = 0;
    withdrawn += commands.filter(({ type }) => type === 'withdraw').length;
    queue.push(...commands);
  };
  post({ type: 'started' });
  while (state.phase !== 'stopped') {
    const command = queue.shift();
    if (command?.type === 'propose') {
      const { round, count, pending, remainingCost } = command;
      const trials = [...records.values()];
      const { proposals, shortfall } = await decide({ campaign, round, count, pending, remainingCost, trials });
      for (const proposal of proposals)
        records.set(proposal.id, { ...ended(proposal, 0), state: 'running', observation: null });
      post({
        type: 'proposed',
        round,
        shortfall,
        proposals: proposals.map(({ id, estimatedCost }) => ({ id, cost: estimatedCost })),
      });
    } else if (command === undefined) {
      const slot = state.inFlight[random.below(state.inFlight.length)]!;
      const { proposal } = records.get(slot.id)!;
      const cost = stated[proposal.fidelity]! * Math.exp(scatter * random.normal());
      const trial = ended(proposal, random.normal());
      records.set(slot.id, { ...trial, observation: { ...trial.observation!, cost } });
      overrun += Math.max(0, cost - slot.cost);
      post({ type: 'trialEnded', id: slot.id, outcome: 'measured', cost, judged: null });
    }
  }
  return { state, withdrawn, overrun };
}

describe('the budget of decisions and that of the loop', () => {
  it.each([0, 0.2, 0.8])(
    'agree where costs scatter by %d: what is proposed can be paid, and an overrun is that of trials in flight',
    async (scatter) => {
      for (let seed = 1; seed <= 6; seed++) {
        const { state, withdrawn, overrun } = await play(seed, scatter);
        expect(state.stop!.reason).toBe('budgetCost');
        expect(withdrawn).toBe(0);
        expect(state.spent).toBeLessThanOrEqual(budget * (1 + 1e-9) + overrun);
        // Nothing is left that a trial could have been had for.
        if (scatter === 0) expect(state.spent).toBeGreaterThan(budget - 1 + 1e-9);
      }
    },
  );
});
