import type { Belief } from '../domain/belief.js';
import type { CampaignSpec } from '../domain/campaign.js';
import { type Parameter, typeOf } from '../domain/parameters/parameter.js';
import type { EncodedDesigns } from '../encode/encoded-designs.js';
import { type Feasibility, feasibilityPower } from '../surrogate/feasibility.js';
import type { PreparedSpace } from './candidates.js';
import { primaryTurned, type Visit } from './history.js';

/** Strength of beliefs where a campaign has no budget in trials, and the share of the trials of one that has. */
const strength = { without: 10, ofTrials: 0.1 } as const;

/** What is believed of the least likely design at least, beside 1 of the likeliest: a wrong belief is got over. */
const floor = 1e-12;

/** Log of what is believed of the value of one parameter, at most 0, and its slope by the numeric coordinate, if it is one. */
interface Term {
  readonly column: number | null;
  at(designs: EncodedDesigns, row: number): { readonly value: number; readonly slope: number };
}

/** The exponent γ = β/n of beliefs; null where there are none. */
export function beliefExponent(
  { beliefs = [], budget, fidelities }: CampaignSpec,
  visits: readonly Visit[],
): number | null {
  if (beliefs.length === 0) return null;
  const target = fidelities.length - 1;
  const n = visits.filter((visit) => visit.level === target && primaryTurned(visit) !== null).length;
  return (budget.trials === undefined ? strength.without : strength.ofTrials * budget.trials) / Math.max(1, n);
}

/**
 * What people believe of designs, as a factor of the acquisition that fades with data:
 *
 * log α(x) + γ·log π(x),  γ = β/n,  log π(x) = log(exp(Σ_p log π_p(x_p)) + 10⁻¹²)
 *
 * n trials have given a value at the target; β is a tenth of the budget in trials, 10 without one. π_p is normal about a number, or
 * the weight of a value of a list, each 1 at its likeliest value.
 *
 * @see Hvarfner et al. 2022, arXiv:2204.11051 (πBO: the exponent β/n, β = N/10, the floor)
 */
export class Beliefs {
  private readonly terms: readonly Term[];

  constructor({ beliefs = [] }: Pick<CampaignSpec, 'beliefs'>, { encoder }: Pick<PreparedSpace, 'encoder'>) {
    this.terms = beliefs.map((belief) => {
      const p = encoder.space.parameters.findIndex(({ name }) => name === belief.parameter);
      const { kind, at } = encoder.columns[p]!;
      const parameter = encoder.space.parameters[p]!;
      if ('near' in belief) return normalTerm(belief, parameter, at);
      const weights = weightTable(belief.weights, parameter, (value) => {
        const feature = typeOf(parameter).feature(parameter, value);
        if (feature.kind === 'numeric') return feature.value;
        if (feature.kind === 'category') return feature.index;
        return encoder.moleculesOf(parameter).find(([name]) => name === String(value))![1];
      });
      const block = kind === 'numeric' ? 'numeric' : kind === 'category' ? 'categories' : 'substances';
      return listTerm(weights, block, at);
    });
  }

  /** log π at each design, [n]; at most 0, and at least log 10⁻¹². */
  log(designs: EncodedDesigns): Float64Array {
    return Float64Array.from({ length: designs.n }, (_, row) => {
      return floored(this.terms.reduce((sum, term) => sum + term.at(designs, row).value, 0)).value;
    });
  }

  /** log π at the one design, and its gradient by numeric coordinate. */
  local(designs: EncodedDesigns): { readonly value: number; readonly gradient: Float64Array } {
    const gradient = new Float64Array(designs.encoding.numeric);
    let sum = 0;
    for (const term of this.terms) {
      const { value, slope } = term.at(designs, 0);
      sum += value;
      if (term.column !== null) gradient[term.column] = gradient[term.column]! + slope;
    }
    const { value, slope } = floored(sum);
    return { value, gradient: gradient.map((one) => one * slope) };
  }
}

/**
 * What weighs an acquisition: how likely a design gives a value, and what is believed of it, both as the log of a probability that is
 * taken to `feasibilityPower`. Draws of which designs can be had (`thompson`) take the beliefs by that root.
 */
export function weighed(feasibility: Feasibility | null, beliefs: Beliefs, exponent: number): Feasibility {
  const share = exponent / feasibilityPower;
  return {
    log: (designs) => {
      const own = feasibility?.log(designs);
      return beliefs.log(designs).map((value, i) => share * value + (own?.[i] ?? 0));
    },
    local: (candidate) => {
      const own = feasibility?.local(candidate);
      const { value, gradient } = beliefs.local(candidate);
      return {
        value: share * value + (own?.value ?? 0),
        gradient: gradient.map((one, j) => share * one + (own?.gradient[j] ?? 0)),
      };
    },
  };
}

/** log(e^x + floor), and its slope. */
function floored(x: number): { readonly value: number; readonly slope: number } {
  const likely = Math.exp(x);
  return { value: Math.min(0, Math.log(likely + floor)), slope: likely / (likely + floor) };
}

function normalTerm(
  { near, sd }: Extract<Belief, { readonly near: number }>,
  parameter: Parameter,
  column: number,
): Term {
  const coordinate = (value: number) => {
    const feature = typeOf(parameter).feature(parameter, value);
    return feature.kind === 'numeric' ? feature.value : 0;
  };
  const centre = coordinate(near);
  const spread = coordinate(near + sd) - centre;
  return {
    column,
    at: ({ numeric, encoding }, row) => {
      // A parameter of one value alone.
      if (!(spread > 0)) return { value: 0, slope: 0 };
      const z = (numeric[row * encoding.numeric + column]! - centre) / spread;
      return { value: -0.5 * z * z, slope: -z / spread };
    },
  };
}

function listTerm(
  logs: ReadonlyMap<number, number>,
  block: 'numeric' | 'categories' | 'substances',
  column: number,
): Term {
  const other = logs.get(Number.NaN)!;
  return {
    column: null,
    at: (designs, row) => {
      const value = logs.get(designs[block][row * designs.encoding[block] + column]!) ?? other;
      return { value, slope: 0 };
    },
  };
}

/** Logs of the weights over the largest, by what stands in the column; that of values that are not named under NaN. */
function weightTable(
  weights: Readonly<Record<string, number>>,
  parameter: Parameter,
  placeOf: (value: number | string) => number,
): ReadonlyMap<number, number> {
  const values = typeOf(parameter).values(parameter) ?? [];
  const of = (value: number | string) => (Object.hasOwn(weights, String(value)) ? weights[String(value)]! : 1);
  const largest = values.reduce<number>((most, value) => Math.max(most, of(value)), 0);
  const logs = new Map(values.map((value) => [placeOf(value), Math.log(of(value) / largest)]));
  return logs.set(Number.NaN, Math.min(0, -Math.log(largest)));
}
