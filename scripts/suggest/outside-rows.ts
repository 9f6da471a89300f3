import type { Campaign } from '../../models/domain/campaign.js';
import type { Design } from '../../models/domain/design.js';
import type { Fault } from '../../models/domain/fault.js';
import { typeOf } from '../../models/domain/parameters/parameter.js';
import { loadMolecules } from '../../models/encode/molecules.js';
import type { Column } from './columns.js';

/** A row of a table whose design is none that may be proposed. */
export interface Outside {
  readonly line: number;
  readonly why: string;
  readonly design: Design;
}

/** Lines that are named of one reason. */
const named = 8;

/** How many results are learned from without being proposed, and why, a line each reason. */
export function outsideNotes(rows: readonly Outside[]): string[] {
  const reasons = new Map<string, number[]>();
  for (const { why, line } of rows) reasons.set(why, [...(reasons.get(why) ?? []), line]);
  return [...reasons].map(([why, lines]) => {
    const shown = lines.slice(0, named).join(', ');
    const more = lines.length > named ? ` and ${lines.length - named} more` : '';
    const one = lines.length === 1;
    return `${lines.length} result${one ? '' : 's'} learned from, and never proposed: ${why} (line${one ? '' : 's'} ${shown}${more})`;
  });
}

/** Molecules of such rows that RDKit cannot read: nothing can be learned from them. */
export async function moleculeFaults(
  { space }: Campaign,
  columns: readonly Column[],
  rows: readonly Outside[],
): Promise<Fault[]> {
  const faults: Fault[] = [];
  for (const parameter of space.parameters) {
    if (parameter.type !== 'substance') continue;
    const { name } = parameter;
    const own = new Set(typeOf(parameter).values(parameter));
    const header = columns.find(({ role }) => role.kind === 'parameter' && role.name === name)?.header ?? name;
    for (const { design, line } of rows) {
      const smiles = design[name]!;
      if (own.has(smiles)) continue;
      const why = await unreadable(String(smiles));
      const remedy = `${typeOf(parameter).refuses(parameter, smiles)}, or the SMILES of another molecule`;
      if (why !== null) faults.push({ path: header, message: why, remedy, line });
    }
  }
  return faults;
}

async function unreadable(smiles: string): Promise<string | null> {
  try {
    await (await loadMolecules()).encode(smiles);
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}
