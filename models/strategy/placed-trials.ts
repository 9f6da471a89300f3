import type { Design } from '../domain/design.js';
import { typeOf } from '../domain/parameters/parameter.js';
import type { TrialRecord } from '../domain/record.js';
import { type Space, substancesOf } from '../domain/space.js';
import { encodeMolecules } from '../encode/encodings.js';
import { moleculeKey } from '../encode/molecule-key.js';

/**
 * The trials, those of designs that were in no row of the pool as trials of the row that has the design now, whatever its
 * spelling. All others are the same objects.
 *
 * @param from - row of the pool with which what was appended begins; the rows before it were looked through when a trial was told
 */
export async function placedTrials(
  space: Space,
  from: number,
  trials: readonly TrialRecord[],
): Promise<readonly TrialRecord[]> {
  const outside = trials.filter(({ proposal }) => proposal.rowId === null);
  if (outside.length === 0) return trials;
  const { ids, designs } = space.pool!;
  const rows = Array.from({ length: ids.length - from }, (_, i) => from + i);
  const appended = rows.map((row) => designs.at(row)!);
  const keyOf = await meantBy(space, [...appended, ...outside.map(({ proposal }) => proposal.design)]);
  const rowOf = new Map(appended.map((design, i) => [keyOf(design), from + i]));
  return trials.map((trial) => {
    if (trial.proposal.rowId !== null) return trial;
    const row = rowOf.get(keyOf(trial.proposal.design));
    if (row === undefined) return trial;
    return { ...trial, proposal: { ...trial.proposal, rowId: ids[row]!, design: designs.at(row)! } };
  });
}

/** Gives a text that designs share which mean the same: molecules and formulas under any spelling, numbers exactly. */
async function meantBy(space: Space, designs: readonly Design[]): Promise<(design: Design) => string> {
  const smiles = designs.flatMap((design) => Object.values(substancesOf(space, design)));
  const encodings = await encodeMolecules(smiles);
  return (design) => {
    const substances = substancesOf(space, design);
    const parts = space.parameters.map((parameter) => {
      const value = design[parameter.name];
      const molecule = substances[parameter.name];
      if (molecule !== undefined) return moleculeKey(molecule, encodings.get(molecule)?.canonical ?? molecule);
      return typeof value === 'string' ? (typeOf(parameter).growth?.meant?.(value) ?? value) : value;
    });
    return JSON.stringify(parts);
  };
}
