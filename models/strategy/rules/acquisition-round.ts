import { areValidated, type Campaign } from '../../domain/campaign.js';
import type { FitRecord } from '../../domain/fit-record.js';
import type { Reason } from '../../domain/proposal.js';
import type { EncodedDesigns } from '../../encode/encoded-designs.js';
import { deriveSeed } from '../../random/generator.js';
import type { CostsAt } from '../../search/acquisition-surface.js';
import type { FittedSurrogate } from '../../surrogate/contract.js';
import type { Ensemble } from '../../surrogate/ensemble.js';
import { Beliefs, beliefExponent, weighed } from '../beliefs.js';
import { atCurrent, encodedAt, type Place, type PreparedSpace, representatives } from '../candidates.js';
import { contextWords } from '../contexts.js';
import { reasonOf } from '../explain/reason.js';
import { correlations, inWords } from '../fidelity-summary.js';
import { isAwaited, type Visit, withAsked } from '../history.js';
import { twoStepName } from '../names.js';
import { Open } from '../open.js';
import type { Purse } from '../purse.js';
import { Replicates } from '../replicates.js';
import type { Choice } from './contract.js';
import { conditioned, feasibilityOf, outsetOf, pendingAt } from './outset.js';
import { repeatWords, replicateReason, toRepeat } from './repeat.js';
import { rivalsOf } from './rivals.js';
import type { Fitting } from './round-fit.js';
import { ruleNamed } from './rules.js';

/** A design chosen for a level, and why. */
export interface ReasonedChoice extends Place {
  readonly level: number;
  readonly reason: Reason;
}

/**
 * Lower trials between two target trials, in costs of a target trial, by kind of rule: `validated` is that of two steps on a
 * list whose lower fidelities are known to follow the target.
 */
const lowerWorth = { twoStep: 0.5, perCost: 2, validated: 8 } as const;

function lowerKind({ spec }: Campaign, { listed }: PreparedSpace, rule: string): keyof typeof lowerWorth {
  if (rule !== twoStepName) return 'perCost';
  return listed !== null && areValidated(spec) ? 'validated' : 'twoStep';
}

/** A round that is to be filled up. */
export interface Round extends Fitting {
  readonly purse: Purse;
  /** Choices of the initial sample made in this round already; more are added to them. */
  readonly choices: ReasonedChoice[];
  /** Told before each stage, with the number of choices made. */
  readonly tell: (stage: 'fit' | 'acquire', made: number) => void;
  /** Wants to know what each choice was preferred to; absent where nobody does. */
  readonly rivals?: Rivalry | undefined;
}

/** What is asked of the candidates that choices were preferred to. */
export interface Rivalry {
  /** How many are looked for, and of which choice of the round, from 0. */
  readonly most: number;
  readonly of: number;
  /** Told where an acquisition made the choice. @param rivals - best first */
  tell(rivals: readonly ReasonedChoice[]): void;
}

/** Fills the round up with maxima of the acquisition, one after the other, each pending for the next. */
export async function chooseByAcquisition(round: Round): Promise<{
  choices: ReasonedChoice[];
  fit: FitRecord;
  ensemble: Ensemble;
  hasSuspects: boolean;
  suspects: readonly Visit[];
}> {
  const { request, prepared, visits, seed, purse, choices } = round;
  const { campaign, count } = request;
  const levelCount = campaign.spec.fidelities.length;
  round.tell('fit', choices.length);
  const outset = await outsetOf(round);
  const { acquisition, sources, fitted, record, measured, told, suspects, believed, inCurrent } = outset;
  const { incumbent, further } = told;
  const rule = ruleNamed(acquisition, sources !== null);
  const all: Visit[] = [...visits, ...choices.map(asPending)];
  // What there is to be better than is what they would give now.
  const atTarget = encodedAt(prepared, prepared.contexts === null ? measured : atCurrent(measured));
  let withPending = conditioned(fitted, prepared, all.filter(isAwaited));
  const feasibility = feasibilityOf(prepared, visits, seed);
  const exponent = beliefExponent(campaign.spec, visits);
  const beliefs = exponent === null ? null : new Beliefs(campaign.spec, prepared);
  const weighing = beliefs === null ? feasibility : weighed(feasibility, beliefs, exponent!);
  const costs = purse.costs.levels;
  const worth = lowerWorth[lowerKind(campaign, prepared, acquisition)];
  const unpaying = correlations(visits, campaign.spec.fidelities, costs).filter(({ pays }) => pays === false);
  const dropped = unpaying.map(({ level }) => level);
  const reasoned = (one: Choice): ReasonedChoice => {
    const { design, rowId, level } = one;
    const point = prepared.encoder.encode([design]);
    const reason = reasonOf(
      campaign,
      {
        ...one,
        ...told,
        ensemble: withPending,
        cost: purse.costs.expected(level, one),
        dropped: unpaying.map(inWords),
        feasible: feasibility === null ? null : Math.exp(feasibility.log(point)[0]!),
        believed: beliefs === null ? null : Math.exp(exponent! * beliefs.log(point)[0]!),
      },
      point,
    );
    if (prepared.contexts === null) return { design, rowId, level, reason };
    const text = `${reason.text}; ${contextWords(campaign.spec, prepared.contexts)}`;
    return { design, rowId, level, reason: { ...reason, text } };
  };
  const choose = (choice: ReasonedChoice) => {
    choices.push(choice);
    const visit = asPending(choice);
    all.push(visit);
    if (choices.length < count) withPending = conditioned(withPending, prepared, [visit]);
  };
  const doubted = toRepeat(campaign, suspects, all, believed);
  if (doubted !== null && choices.length < count && purse.pay(levelCount - 1, doubted)) {
    const again = reasoned({ ...doubted, level: levelCount - 1, value: null });
    choose({ ...again, reason: replicateReason(repeatWords(campaign, doubted), again.reason) });
  }
  const replicates = Replicates.of(campaign.spec, prepared.space);
  const now =
    replicates === null
      ? undefined
      : inCurrent?.given(visits.filter(({ level, turned }) => level === levelCount - 1 && turned.length > 0));
  const byModels = { believed, ...(now === undefined ? {} : { now }) };
  while (choices.length < count) {
    const owed = replicates?.next(all, byModels) ?? null;
    if (owed !== null && purse.pay(levelCount - 1, owed.place)) {
      const again = reasoned({ ...owed.place, level: levelCount - 1, value: null });
      choose({ ...again, reason: replicateReason(owed.text, again.reason) });
      continue;
    }
    const levels = allowedLevels(campaign, all, purse, { worth, dropped });
    if (levels.length === 0) break;
    round.tell('acquire', choices.length);
    const place = deriveSeed(seed, 'place', choices.length);
    const pending = pendingAt(prepared, all.filter(isAwaited));
    const inFlight = encodedAt(
      prepared,
      all.filter((visit) => isAwaited(visit) && visit.level === levelCount - 1),
    );
    const best = (surrogate: FittedSurrogate) =>
      prepared.contexts === null
        ? surrogate.scale.toLatent(incumbent)
        : lowestWithPending(Number.POSITIVE_INFINITY, surrogate, atTarget);
    const members = fitted.members.map(({ name, sees, surrogate, weight }, m) => ({
      sees,
      joins: sources?.kinds.has(name) ?? false,
      surrogate,
      weight,
      withPending: withPending.members[m]!.surrogate,
      measuredIncumbent: best(surrogate),
      incumbent: lowestWithPending(best(surrogate), withPending.members[m]!.surrogate, inFlight),
      target: levelCount - 1,
      measured: atTarget,
      pending,
      representatives: (points: number) => representatives(prepared, points, deriveSeed(seed, 'representatives')),
      seed: place,
    }));
    const isTooDear = (level: number, at: () => Place) => purse.isTooDear(level, at);
    // Cheap designs are worth more only where it is cost that is short.
    const costsAt: CostsAt = (level, designs) =>
      campaign.spec.budget.cost === undefined ? null : purse.costs.ofDesigns(level, designs);
    const situation = {
      spec: campaign.spec,
      prepared,
      visits: all,
      believed,
      costs,
      wanted: count - choices.length,
      costsAt,
      feasibility: weighing,
      members,
      further,
    };
    const closing = { prepared, visits: withAsked(all), levelCount, levels, isTooDear };
    const next = await rule.next(situation, new Open(closing));
    if (next === null) break;
    if (round.rivals?.of === choices.length) {
      const rivals = await rivalsOf(rule, situation, closing, next, round.rivals.most);
      round.rivals.tell(rivals.map(reasoned));
    }
    purse.pay(next.level, next);
    choose(reasoned(next));
  }
  return { choices, fit: record, ensemble: fitted, hasSuspects: outset.hasSuspects, suspects };
}

/**
 * Levels that may be proposed, without those that were found not to pay.
 *
 * Expected improvement judges by the posterior of the target, and would go on asking a cheap level for ever
 * without testing a prediction; and the campaign is judged at the target alone. So the target comes next once
 * lower trials worth half a target trial (two by the rules that divide by costs; of a list whose lower fidelities are all
 * known to follow the target eight, and what they are worth decides), or a tenth of the trials of the budget, have been
 * proposed since the last one; and no lower trial takes what the last target trial needs.
 */
function allowedLevels(
  { spec }: Campaign,
  visits: readonly Visit[],
  purse: Purse,
  { worth, dropped }: { readonly worth: number; readonly dropped: readonly number[] },
): readonly number[] {
  const target = spec.fidelities.length - 1;
  const { trials } = spec.budget;
  const since = visits.slice(visits.findLastIndex((visit) => visit.level === target) + 1);
  const { levels: costs } = purse.costs;
  const spent = since.reduce((sum, visit) => sum + costs[visit.level]!, 0);
  const isDue =
    spent >= worth * costs[target]! ||
    (trials !== undefined && (since.length >= Math.max(1, trials / 10) || visits.length === trials - 1));
  return [...spec.fidelities.keys()].filter(
    (level) => (level === target || !(isDue || dropped.includes(level))) && purse.pays(level, target),
  );
}

/** What was just chosen, for what is chosen next. */
export function asPending(choice: Place & Pick<Visit, 'level'>): Visit {
  return {
    trialId: '',
    design: choice.design,
    rowId: choice.rowId,
    level: choice.level,
    turned: [],
    noises: [],
    pending: true,
  };
}

/**
 * The incumbent once trials in flight have come out as expected. What they promise is not to be had twice: else the improvement
 * where one of them is would never go away, and a whole batch would come down to one design.
 *
 * @param inFlight - designs at the target
 */
function lowestWithPending(measured: number, withPending: FittedSurrogate, inFlight: EncodedDesigns): number {
  if (inFlight.n === 0) return measured;
  const means = withPending.posterior(inFlight).mean.at(-1)!;
  return means.reduce((least, mean) => Math.min(least, mean), measured);
}
