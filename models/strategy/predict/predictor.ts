import { designKey, type ParameterValue } from '../../domain/design.js';
import { AthanorError, InfeasibleError } from '../../domain/errors.js';
import { type Parameter, typeOf } from '../../domain/parameters/parameter.js';
import type { Space } from '../../domain/space.js';
import { outcomeNames } from '../../domain/standing.js';
import type { KnownCodes } from '../../encode/code-tables.js';
import { encodeMolecules } from '../../encode/encodings.js';
import type { EncodedMolecule } from '../../encode/molecules.js';
import type { AskedCodes } from '../../encode/strangers.js';
import { recordedArtefacts } from '../artefacts.js';
import { type Place, placesOfTrials, prepareFor } from '../candidates.js';
import { contextsOf } from '../contexts.js';
import { extensionsOf, grownCampaign } from '../growth.js';
import { type Visit, visitsOf } from '../history.js';
import { Nearness } from './nearness.js';
import { type FittedProperty, fitProperty, type Knowledge, type Learned, type Property } from './property.js';

/** A value that was measured of a property at a design. */
export interface MeasuredThere {
  readonly trialId: string;
  readonly value: number;
}

/** What is to be expected of a design. */
export interface PredictedProperty {
  /** Median, in the outcome's own unit. */
  readonly median: number;
  /** Interval that holds the value without measurement noise with the probability asked for, lower end first. */
  readonly interval: readonly [number, number];
  /** How near the design is to what was measured of the property, from 0 to 1: see `Nearness`. */
  readonly applicability: number;
  /** Trial of the design that is nearest. */
  readonly nearest: string;
  /** What was measured of the property at this design. */
  readonly measured: readonly MeasuredThere[];
}

/** How a campaign predicts. */
export interface PredictorOptions {
  /** Probability of intervals, between 0 and 1; 0.9 where absent. */
  readonly interval?: number;
  /** What the encoders of the campaign give of values that its space has not; where absent these are masked. */
  readonly codes?: (asked: readonly AskedCodes[]) => Promise<readonly KnownCodes[]>;
}

/** A property with what is asked of it again and again. */
interface Asked extends FittedProperty {
  readonly nearness: Nearness;
  readonly there: ReadonlyMap<string, readonly MeasuredThere[]>;
}

/**
 * Predicts properties of any designs by what a campaign has learned: each outcome that was measured, at each fidelity where it was.
 * What is said of a design does not depend on which others are asked with it.
 *
 * ```ts
 * const predictor = await Predictor.of(record);
 * const [rows] = [await predictor.predict([{ design: { x1: 2, x2: 3 }, rowId: null }])];
 * ```
 */
export class Predictor {
  private constructor(
    private readonly knowledge: Knowledge,
    private readonly asked: readonly Asked[],
    private readonly options: PredictorOptions,
  ) {}

  /**
   * @param learned - a record, or the campaign and trials of a `Planner`
   * @throws {InfeasibleError} if nothing was measured
   * @throws {AthanorError} ARTEFACT if an artefact that a proposal names is not to be had
   * @remarks Cost: up to twenty fits of each surrogate for each property, seconds with 150 trials.
   */
  static async of(learned: Learned, options: PredictorOptions = {}): Promise<Predictor> {
    const { interval = 0.9 } = options;
    if (!(interval > 0 && interval < 1))
      throw new AthanorError('INVALID_INPUT', `interval ${interval}: between 0 and 1`);
    const told = learned.trials;
    const source = recordedArtefacts(learned);
    const { campaign, trials } = await grownCampaign(learned.campaign, told, extensionsOf(told), source);
    const prepared = await prepareFor(campaign.space, placesOfTrials(trials), contextsOf(campaign.spec, trials, []));
    const knowledge = { learned, campaign, trials, prepared, visits: visitsOf(campaign, trials, []) };
    const asked: Asked[] = [];
    for (const level of campaign.spec.fidelities.keys())
      for (const outcome of outcomeNames(campaign.spec)) {
        const property = await fitProperty(knowledge, outcome, level);
        if (property === null) continue;
        const nearness = new Nearness(prepared.encoder, property.visits);
        asked.push({ ...property, nearness, there: valuesThere(knowledge, property) });
      }
    if (asked.length === 0)
      throw new InfeasibleError(`nothing was measured in campaign '${campaign.id}': there is nothing to predict from`);
    return new Predictor(knowledge, asked, options);
  }

  /** What is predicted, in the order of the fidelities, and within one of the outcomes. */
  get properties(): readonly Property[] {
    return this.asked.map(({ fidelity, outcome, trials, approximation }) => ({
      ...{ fidelity, outcome, trials, approximation },
    }));
  }

  /** The campaign, with the pool as it has grown. */
  get campaign() {
    return this.knowledge.campaign;
  }

  /** The parameters of the space, with the molecules and mixtures beside its own that were measured. */
  get parameters(): Space['parameters'] {
    return this.knowledge.prepared.encoder.space.parameters;
  }

  /**
   * The properties of designs, in the order given; the designs may lie outside the space, as long as they can be encoded.
   *
   * @returns for each design an entry for each of `properties`
   * @throws {AthanorError} DESIGN or SMILES if one lacks a parameter, or has a molecule or mixture that cannot be encoded
   */
  async predict(places: readonly Place[]): Promise<readonly (readonly PredictedProperty[])[]> {
    if (places.length === 0) return [];
    const { encoder } = this.knowledge.prepared;
    const strangers = await this.strangersOf(places);
    const designs = places.map(({ design }) => design);
    const { codes: ask } = this.options;
    const asked = ask === undefined ? [] : encoder.strangeTo(designs);
    const codes = asked.length === 0 ? [] : await ask!(asked);
    const encoded = encoder.encodeBeyond(designs, strangers, codes);
    const tail = (1 - (this.options.interval ?? 0.9)) / 2;
    const columns = this.asked.map(({ ensemble, level, sign, nearness, there, visits }) => {
      const posteriors = ensemble.members.map(({ surrogate }) => surrogate.posterior(encoded));
      const near = nearness.of(places, encoded);
      const value = (candidate: number, p: number) => sign * ensemble.quantile(posteriors, { level, candidate }, p) + 0;
      return places.map((place, i): PredictedProperty => {
        const ends = [value(i, tail), value(i, 1 - tail)] as const;
        return {
          median: value(i, 0.5),
          interval: [Math.min(...ends), Math.max(...ends)],
          applicability: near.similarity[i]!,
          nearest: visits[near.at[i]!]!.trialId,
          measured: there.get(keyOf(place)) ?? [],
        };
      });
    });
    return places.map((_, i) => columns.map((column) => column[i]!));
  }

  /** Molecules of designs that the space has not, by SMILES. */
  private async strangersOf(places: readonly Place[]): Promise<ReadonlyMap<string, EncodedMolecule>> {
    const { encoder } = this.knowledge.prepared;
    const smiles = new Set<string>();
    for (const [p, parameter] of encoder.space.parameters.entries()) {
      if (encoder.columns[p]!.kind !== 'substance') continue;
      for (const { design } of places) {
        const feature = typeOf(parameter).feature(parameter, design[parameter.name] ?? '');
        if (feature.kind === 'substance' && !encoder.molecules.has(feature.smiles)) smiles.add(feature.smiles);
      }
    }
    const encodings = await encodeMolecules(smiles);
    const strangers = new Map<string, EncodedMolecule>();
    for (const [one, encoding] of encodings) {
      if (encoding === null) throw new AthanorError('SMILES', `'${one}' is no molecule that RDKit can read`);
      strangers.set(one, encoding);
    }
    return strangers;
  }
}

/** Values of a property by the row of the pool, by the design, and by the design as it is written with the digits that matter. */
function valuesThere(
  { campaign: { space } }: Knowledge,
  { visits, sign }: FittedProperty,
): ReadonlyMap<string, readonly MeasuredThere[]> {
  const there = new Map<string, readonly MeasuredThere[]>();
  for (const visit of visits) {
    const one = { trialId: visit.trialId, value: sign * visit.turned[0]! + 0 };
    for (const key of new Set(keysOf(space.parameters, visit))) there.set(key, [...(there.get(key) ?? []), one]);
  }
  return there;
}

function keysOf(parameters: Space['parameters'], visit: Visit): string[] {
  const short = (parameter: Parameter, value: ParameterValue) => {
    const type = typeOf(parameter);
    if (type.refuses(parameter, value) !== null) return value;
    return type.shortened?.(parameter, value, 0) ?? value;
  };
  const shortened = Object.fromEntries(
    parameters.map((parameter) => [parameter.name, short(parameter, visit.design[parameter.name]!)]),
  );
  const byDesign = [designKey(visit.design), designKey(shortened)].map((key) => `design ${key}`);
  return visit.rowId === null ? byDesign : [`row ${visit.rowId}`, ...byDesign];
}

function keyOf({ design, rowId }: Place): string {
  return rowId === null ? `design ${designKey(design)}` : `row ${rowId}`;
}
