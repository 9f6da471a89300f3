import type { Campaign } from '../../domain/campaign.js';
import { InfeasibleError, InvalidInputError } from '../../domain/errors.js';
import { widenedSpace } from '../../domain/outside.js';
import { type Parameter, typeOf } from '../../domain/parameters/parameter.js';
import { sha256Of } from '../../domain/sha256.js';
import { orientationOf, primaryObjective } from '../../domain/standing.js';
import type { Label } from '../../finetune/targets.js';
import { primaryTurned, type Visit } from '../history.js';

/** What a campaign and those before it measured of molecules, as an encoder learns from it. */
export interface LabelledMolecules {
  /** Substance of the designs whose molecules these are. */
  readonly on: string;
  /** SMILES as the space writes them, each once, in the order in which they were measured. */
  readonly smiles: readonly string[];
  /** Names of the levels that have values: earlier campaigns first, the target last where it has any. */
  readonly levels: readonly string[];
  /** Values of the objective that decides, in its own unit, in the order of the trials; first those of earlier campaigns, as their files have them. */
  readonly labels: readonly Label[];
}

/** A trial that measured the target, and the molecule of its design. */
export interface TargetRow {
  readonly visit: Visit;
  readonly smiles: string;
  /** Place of its value among the labels: those before it were known before. */
  readonly label: number;
}

/** Designs as they are encoded, and those measured at the target. */
export interface TargetRows {
  /** Those of the space, with the molecules that were measured beside them. */
  readonly parameters: readonly Parameter[];
  readonly rows: readonly TargetRow[];
}

/**
 * All labels of a campaign: every measured value at every fidelity, and those of the earlier campaigns that it was given.
 *
 * @param visits - as `visitsOf` gives them
 * @param on - which substance; may be left out where designs have one
 * @throws {InvalidInputError} if there is no such substance, or several and none is named
 * @throws {InfeasibleError} if nothing was measured
 */
export function molecularLabels(
  { spec, space }: Campaign,
  visits: readonly Visit[],
  on?: string,
): LabelledMolecules & { readonly target: TargetRows } {
  const { parameters } = widenedSpace(
    { ...space, pool: null },
    visits.filter(({ outside }) => outside === true).map(({ design }) => design),
  );
  const parameter = substanceOf(parameters, on);
  const sign = orientationOf(primaryObjective(spec));
  const sources = space.sources ?? [];
  const smilesOf = (value: number | string | undefined) => {
    const feature = value === undefined ? null : typeOf(parameter).feature(parameter, value);
    return feature?.kind === 'substance' ? feature.smiles : null;
  };
  const measured = visits.flatMap((visit) => {
    const [loss, smiles] = [primaryTurned(visit), smilesOf(visit.design[parameter.name])];
    return loss === null || smiles === null ? [] : [{ visit, smiles, value: sign * loss }];
  });
  const earlier = sources.flatMap(({ designs, values }, level) =>
    designs.flatMap((design, i) => {
      const smiles = smilesOf(design[parameter.name]);
      return smiles === null ? [] : [{ level, smiles, value: values[i]! }];
    }),
  );
  const told = [
    ...earlier,
    ...measured.map(({ visit, smiles, value }) => ({ level: sources.length + visit.level, smiles, value })),
  ];
  if (told.length === 0) throw new InfeasibleError('nothing was measured yet that could be learned from');
  const names = [...sources.map(({ name }) => `earlier campaign ${name}`), ...spec.fidelities.map(({ name }) => name)];
  const used = [...names.keys()].filter((level) => told.some((one) => one.level === level));
  const smiles = [...new Set(told.map((one) => one.smiles))];
  const place = new Map(smiles.map((one, at) => [one, at]));
  const rows = measured.map(({ visit, smiles: own }, i) => ({ visit, smiles: own, label: earlier.length + i }));
  return {
    on: parameter.name,
    smiles,
    levels: used.map((level) => names[level]!),
    labels: told.map((one) => ({
      molecule: place.get(one.smiles)!,
      level: used.indexOf(one.level),
      value: one.value,
    })),
    target: { parameters, rows: rows.filter(({ visit }) => visit.level === spec.fidelities.length - 1) },
  };
}

/** sha256 over everything that is learned from. */
export function labelsHash({ on, smiles, levels, labels }: LabelledMolecules): string {
  return sha256Of(
    JSON.stringify([on, smiles, levels, labels.map(({ molecule, level, value }) => [molecule, level, value])]),
  );
}

function substanceOf(parameters: readonly Parameter[], on: string | undefined): Parameter {
  const all = parameters.filter((parameter) => {
    const type = typeOf(parameter);
    return type.feature(parameter, type.fromUnit(parameter, 0)).kind === 'substance';
  });
  const found = on === undefined && all.length === 1 ? all[0] : all.find(({ name }) => name === on);
  if (found !== undefined) return found;
  const names = all.map(({ name }) => name);
  const message = on === undefined ? `designs have ${all.length} substances` : `'${on}' is no substance of the designs`;
  const remedy = names.length === 0 ? 'a campaign of molecules' : `one of ${names.join(', ')}`;
  throw new InvalidInputError('fine-tuning', [{ path: 'on', message, remedy }]);
}
