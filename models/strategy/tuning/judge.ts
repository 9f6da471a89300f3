import { mean } from 'simple-statistics';
import { AthanorError } from '../../domain/errors.js';
import { Foreteller, type MoleculeScore, type PairedFigures, pairedFigures, type VersionCodes } from './foreteller.js';
import type { TargetRows } from './labels.js';

/** Molecules that are foretold, and what both versions give. */
export interface JudgedPart {
  readonly molecules: ReadonlySet<string>;
  readonly inUse: VersionCodes;
  /** Of a version that has seen no value of these molecules. */
  readonly tuned: VersionCodes;
}

/** What versions are compared with: the same network with random weights, and fingerprints and descriptors without codes. */
const controls = ['random', 'classical'] as const;
type Control = (typeof controls)[number];

/** How well both versions foretell what was left out. */
export interface VersionFigures extends PairedFigures {
  readonly folds: number;
  /** Of the controls: whether what was learned before the campaign tells anything. */
  readonly random?: number;
  readonly classical?: number;
  /** Why there is no figure of a control; absent where there are both. */
  readonly absent?: Readonly<Partial<Record<Control, string>>>;
  /** How well they foretell the last trials, each from those before it; absent of versions from before that was looked at. */
  readonly prequential?: PairedFigures;
}

/**
 * Compares two versions of an encoder in folds: the target values of a fold's molecules are foretold from those of all others.
 *
 * @param folds - of molecules that are measured at the target
 * @param seed - of the fits
 * @param random - codes of the network with random weights, or why there are none. A control that fails says nothing of the versions
 */
export async function judgeVersions(
  target: TargetRows,
  folds: readonly JudgedPart[],
  { on, seed, random }: { readonly on: string; readonly seed: number; readonly random: VersionCodes | string },
): Promise<VersionFigures> {
  const { rows } = target;
  const foreteller = new Foreteller(target, { on, seed });
  const absent: Partial<Record<Control, string>> = typeof random === 'string' ? { random } : {};
  const codesOf = { random: typeof random === 'string' ? null : random, classical: null };
  const scores = new Map<string, MoleculeScore & Record<Control, number>>();
  for (const { molecules, inUse, tuned } of folds) {
    const isLeft = (row: number) => molecules.has(rows[row]!.smiles);
    const left = [...rows.keys()].filter(isLeft);
    const taught = [...rows.keys()].filter((row) => !isLeft(row));
    const own: Record<string, Float64Array> = {};
    for (const [version, codes] of Object.entries({ inUse, tuned }))
      own[version] = (await foreteller.under(codes))(taught, left);
    for (const control of controls.filter((one) => absent[one] === undefined))
      try {
        own[control] = (await foreteller.under(codesOf[control]))(taught, left);
      } catch (error) {
        if (!(error instanceof AthanorError)) throw error;
        absent[control] = error.message;
      }
    left.forEach((row, i) => {
      const { smiles } = rows[row]!;
      const score = scores.get(smiles) ?? { inUse: 0, tuned: 0, random: 0, classical: 0, values: 0 };
      for (const variant of ['inUse', 'tuned', ...controls] as const) score[variant] += own[variant]?.[i] ?? 0;
      score.values++;
      scores.set(smiles, score);
    });
  }
  const all = [...scores.values()];
  const there = controls.filter((control) => absent[control] === undefined);
  const controlled = there.map((control) => [control, mean(all.map((one) => one[control] / one.values))]);
  return {
    folds: folds.length,
    ...pairedFigures(all),
    ...Object.fromEntries(controlled),
    ...(there.length === controls.length ? {} : { absent }),
  };
}

/** Stretches of trials that are foretold together, at most. */
const mostStretches = 10;

/**
 * Compares two versions prequentially: the target values of molecules are foretold in the order of the trials, those of a stretch of
 * trials from all that came before it.
 *
 * @param part - molecules of the last trials; the new version is of what was known before the first of them
 */
export async function judgeInOrder(
  target: TargetRows,
  { molecules, inUse, tuned }: JudgedPart,
  how: { readonly on: string; readonly seed: number },
): Promise<PairedFigures> {
  const { rows } = target;
  const foreteller = new Foreteller(target, how);
  const left = [...rows.keys()].filter((row) => molecules.has(rows[row]!.smiles));
  const length = Math.ceil(left.length / mostStretches);
  const scores = new Map<string, MoleculeScore>();
  for (const [version, codes] of Object.entries({ inUse, tuned }) as ['inUse' | 'tuned', VersionCodes][]) {
    const foretell = await foreteller.under(codes);
    for (let from = 0; from < left.length; from += length) {
      const stretch = left.slice(from, from + length);
      const densities = foretell([...Array(stretch[0]!).keys()], stretch);
      stretch.forEach((row, i) => {
        const { smiles } = rows[row]!;
        const score = scores.get(smiles) ?? { inUse: 0, tuned: 0, values: 0 };
        score[version] += densities[i]!;
        if (version === 'tuned') score.values++;
        scores.set(smiles, score);
      });
    }
  }
  return pairedFigures([...scores.values()]);
}
