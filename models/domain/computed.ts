import { placeRun } from './achieved.js';
import type { Campaign, CampaignSpec, Objective } from './campaign.js';
import type { Scope } from './constraints/contract.js';
import { partFaults, vocabularyOf } from './constraints/formula.js';
import { withMeans } from './constraints/mixture-means.js';
import { type Term, termOf } from './constraints/terms.js';
import type { Design } from './design.js';
import { expressionFaults } from './expression/check.js';
import { evaluate } from './expression/evaluate.js';
import { type Interval, intervalOf } from './expression/interval.js';
import { parseExpression } from './expression/parse.js';
import { type ExpressionFault, namesIn, type Tree } from './expression/tree.js';
import { beyond, limitsOf } from './limits.js';
import type { Placed } from './outside.js';
import { measuredNames } from './standing.js';
import type { Observation } from './trial.js';

/** What an expression of an objective may speak of beside what was measured. */
type Where = Pick<Campaign, 'spec'> & { readonly space: Scope };

/** Everything that keeps an expression from being a number of measured values and the design. @param measured - names of outcomes */
export function computedFaults(
  expression: string,
  scope: Scope,
  measured: readonly string[],
): readonly ExpressionFault[] {
  const tree = parseExpression(expression);
  if (!('kind' in tree)) return [tree];
  const { names, properties } = vocabularyOf(scope);
  const known = new Map([...names, ...measured.map((name) => [name, 'number'] as const)]);
  const whole = withMeans(tree, scope);
  const faults = expressionFaults(whole, 'number', { names: known, properties });
  if (faults.length > 0) return faults;
  if (namesIn(tree).some((name) => measured.includes(name) || names.has(name))) return partFaults(whole, scope);
  return [
    { at: 1, message: 'speaks of nothing', remedy: 'measured values, parameters, or properties of their values' },
  ];
}

const trees = new WeakMap<CampaignSpec, ReadonlyMap<string, Tree>>();

function treesOf({ spec, space }: Where): ReadonlyMap<string, Tree> {
  const known = trees.get(spec);
  if (known !== undefined) return known;
  const made = new Map(
    spec.objectives.flatMap(({ name, expression }) =>
      expression === undefined ? [] : [[name, withMeans(parseExpression(expression) as Tree, space)] as const],
    ),
  );
  trees.set(spec, made);
  return made;
}

/** An objective that is computed from the design alone. */
interface DesignObjective {
  readonly objective: Objective;
  /** Its value at a design; NaN where it has none. */
  of(design: Design): number;
}

/** The objectives that are computed from the design alone, by name: of these nothing is measured, and all is known. */
export function designObjectives(campaign: Where): ReadonlyMap<string, DesignObjective> {
  const { spec, space } = campaign;
  const measured = measuredNames(spec);
  const { parameters, properties = {} } = space;
  return new Map(
    [...treesOf(campaign)].flatMap(([name, tree]) => {
      if (namesIn(tree).some((one) => measured.includes(one))) return [];
      const objective = spec.objectives.find((one) => one.name === name)!;
      const of = (design: Design) => {
        const term = (one: string) => termOf(one, parameters)?.of(design) ?? design[one]!;
        const value = evaluate(tree, { of: term, properties });
        return typeof value === 'number' && beyond(name, value, objective.limits ?? [null, null]) === null
          ? value + 0
          : Number.NaN;
      };
      return [[name, { objective, of }] as const];
    }),
  );
}

/**
 * The value that an objective that is computed from what is measured is never below: the lower of its limits, or 0 where its expression
 * can give nothing less, by the ranges of parameters and the limits of what is measured; null where none is known.
 */
export function leastComputed(campaign: Where, name: string): number | null {
  const { spec, space } = campaign;
  const tree = treesOf(campaign).get(name);
  if (tree === undefined) return null;
  const [stated = null] = spec.objectives.find((one) => one.name === name)!.limits ?? [];
  if (stated !== null) return stated;
  const limits = limitsOf(spec);
  const measured = measuredNames(spec);
  const { parameters, properties = {} } = space;
  const of = (one: string): Interval => {
    const [low, high] = measured.includes(one) ? (limits[one] ?? []) : rangeOf(termOf(one, parameters));
    // What is divided by 0 has no value.
    return [low === 0 ? Number.MIN_VALUE : (low ?? Number.NEGATIVE_INFINITY), high ?? Number.POSITIVE_INFINITY];
  };
  const [least] = intervalOf(tree, { of, properties, anyText: true });
  return least >= 0 ? 0 : null;
}

function rangeOf(term: Term | null): readonly [number?, number?] {
  return term === null ? [] : [term.low, term.high];
}

/** Whether some objective is computed. */
export function hasComputed({ objectives }: Pick<CampaignSpec, 'objectives'>): boolean {
  return objectives.some(({ expression }) => expression !== undefined);
}

/**
 * An observation with the objectives that are computed, from what was measured and where it was: the design that was achieved. One
 * that has no value there (a measured one is missing, 0/0), or one beyond its limits, is left out, as one that was not measured.
 */
export function withComputed(campaign: Where, proposal: Placed, observation: Observation): Observation {
  const all = treesOf(campaign);
  if (all.size === 0 || observation.outcome !== 'measured') return observation;
  const measured = measuredNames(campaign.spec);
  const own = Object.fromEntries(Object.entries(observation.values).filter(([name]) => !all.has(name)));
  const { parameters, properties = {} } = campaign.space;
  const { design } = placeRun(proposal, observation);
  const limits = limitsOf(campaign.spec);
  const of = (name: string): number | string => {
    if (measured.includes(name)) return own[name] ?? Number.NaN;
    return termOf(name, parameters)?.of(design) ?? design[name]!;
  };
  const computed = [...all].flatMap(([name, tree]) => {
    const value = evaluate(tree, { of, properties });
    if (typeof value !== 'number' || !Number.isFinite(value)) return [];
    return beyond(name, value, limits[name] ?? [null, null]) === null ? [[name, value + 0] as const] : [];
  });
  return { ...observation, values: { ...own, ...Object.fromEntries(computed) } };
}
