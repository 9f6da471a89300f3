import type { CampaignRecord } from '../../models/domain/record.js';
import type { OutcomeValues } from '../../models/domain/standing.js';
import { Planner } from '../../models/strategy/ask-tell.js';
import { someCampaign } from './campaigns.js';

/** Told in place of what a trial measured, by its number from 1. */
export type Instead = Readonly<Record<number, OutcomeValues>>;

/**
 * A campaign with two goals and a bound on a third outcome, run with values that are computed from its designs: `yield` is best at x = 1, `cost` at
 * x = 0, and `impurity` is x, at most `most`.
 */
export async function goalsRecord({
  trials = 8,
  most = 0.8,
  objectives = ['yield', 'cost'],
  instead = {},
  ...more
}: {
  readonly trials?: number;
  readonly most?: number;
  /** In their order. */
  readonly objectives?: readonly ('yield' | 'cost')[];
  readonly instead?: Instead;
  readonly space?: unknown;
  readonly seed?: number;
} = {}): Promise<CampaignRecord> {
  const all = {
    yield: { name: 'yield', direction: 'maximise', unit: '%', reference: 0 },
    cost: { name: 'cost', direction: 'minimise', unit: 'EUR', reference: 20 },
  };
  const campaign = someCampaign({
    objectives: objectives.map((name) => all[name]),
    outcomes: [{ name: 'impurity', max: most }],
    fidelities: [{ name: 'flask', adapter: 'problem', settings: {}, cost: 1 }],
    budget: { trials },
    ...more,
  });
  const planner = new Planner(campaign);
  for (;;) {
    const { proposals } = await planner.ask(1);
    if (proposals.length === 0) break;
    planner.tell(
      proposals.map(({ id, design: { x } }) => {
        const at = Number(x);
        const made = { yield: 100 * at * (2 - at), cost: 10 * at, impurity: at };
        const known = Object.fromEntries([...objectives, 'impurity' as const].map((name) => [name, made[name]]));
        const { [objectives[0]!]: value, ...values } = instead[planner.trials.length] ?? known;
        return { id, ...(value === undefined ? {} : { value }), values };
      }),
    );
  }
  const stop = { reason: 'budgetTrials', text: `all ${trials} trials of the budget are done` } as const;
  return { campaign, phase: 'stopped', stop, trials: planner.trials, audit: [] };
}
