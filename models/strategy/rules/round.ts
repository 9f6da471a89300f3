import type { CampaignSpec } from '../../domain/campaign.js';
import type { FitRecord } from '../../domain/fit-record.js';
import type { Ensemble } from '../../surrogate/ensemble.js';
import { plainReason, plainReplicate } from '../explain/reason.js';
import { primaryTurned, type Visit, withAsked } from '../history.js';
import { randomName } from '../names.js';
import { Open } from '../open.js';
import { Replicates } from '../replicates.js';
import { asPending, chooseByAcquisition, type ReasonedChoice, type Round } from './acquisition-round.js';
import { ruleNamed } from './rules.js';

/** What a round came to. */
export interface RoundChoices {
  readonly choices: ReasonedChoice[];
  /** Null where no surrogate was asked, as the next. */
  readonly fit: FitRecord | null;
  readonly ensemble: Ensemble | null;
  /** Whether surrogates took values for gross errors; absent where none was asked. */
  readonly hasSuspects?: boolean;
  /** Visits whose values they take for them, of the first objective; absent as before. */
  readonly suspects?: readonly Visit[];
}

/** Whether surrogates have a say: the campaign wants them, and there is something at the target to fit them to. */
export function asksSurrogates({ strategy, fidelities }: CampaignSpec, visits: readonly Visit[]): boolean {
  const isRandom = strategy !== 'default' && strategy.acquisition === randomName;
  return !isRandom && visits.some((visit) => visit.level === fidelities.length - 1 && primaryTurned(visit) !== null);
}

/** Fills the round up by the rule of the campaign, or where surrogates have no say by that of random designs. */
export async function chooseByRule(round: Round): Promise<RoundChoices> {
  const { spec } = round.request.campaign;
  if (round.choices.length === round.request.count) return { choices: round.choices, fit: null, ensemble: null };
  return asksSurrogates(spec, round.visits) ? chooseByAcquisition(round) : chooseAtRandom(round);
}

/** One after the other, by costs alone. */
async function chooseAtRandom({ request, prepared, visits, purse, choices }: Round): Promise<RoundChoices> {
  const { campaign, count } = request;
  const { spec } = campaign;
  const rule = ruleNamed(randomName, false);
  const costs = purse.costs.levels;
  const closing = { prepared, levelCount: costs.length, levels: [costs.length - 1] };
  const none = { feasibility: null, members: [], further: new Map() };
  const replicates = Replicates.of(spec, prepared.space);
  while (choices.length < count) {
    const all = [...visits, ...choices.map(asPending)];
    const again = replicates?.next(all) ?? null;
    if (again !== null && purse.pay(costs.length - 1, again.place)) {
      choices.push({ ...again.place, level: costs.length - 1, reason: plainReplicate(again.text) });
      continue;
    }
    const open = new Open({
      ...closing,
      visits: [...withAsked(visits), ...choices.map(asPending)],
      isTooDear: (level, place) => !purse.affords(level, place()),
    });
    const wanted = count - choices.length;
    const next = await rule.next({ spec, prepared, visits: all, believed: visits, costs, wanted, ...none }, open);
    if (next === null) break;
    purse.pay(next.level, next);
    const { design, rowId, level } = next;
    choices.push({ design, rowId, level, reason: plainReason('initial') });
  }
  return { choices, fit: null, ensemble: null };
}
