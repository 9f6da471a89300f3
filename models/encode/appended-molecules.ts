import type { Fault } from '../domain/fault.js';
import { typeOf } from '../domain/parameters/parameter.js';
import type { Space } from '../domain/space.js';
import { encodeMolecules } from './encodings.js';
import { moleculeKey } from './molecule-key.js';
import { loadMolecules } from './molecules.js';
import type { SpaceEncoder } from './space-encoder.js';

/**
 * What is wrong with the molecules that a space has beyond those of the space that it has grown from: texts that are no
 * molecules, and other spellings of one that is there, which would be two values of one molecule. Paths are names of parameters.
 *
 * @param before - encoder of the space that it has grown from
 * @param from - that space, where the encoder has molecules beside it
 */
export async function appendedMoleculeFaults(
  before: SpaceEncoder,
  space: Space,
  from: Pick<Space, 'parameters'> = before.space,
): Promise<Fault[]> {
  const faults: Fault[] = [];
  for (const [p, parameter] of space.parameters.entries()) {
    const old = from.parameters[p]!;
    if (parameter === old || parameter.type !== 'substance') continue;
    const path = parameter.name;
    const known = new Map<string, string>();
    for (const [value, at] of before.moleculesOf(old)) {
      const [smiles, { canonical }] = before.moleculeAt(at);
      known.set(moleculeKey(smiles, canonical), value);
    }
    const further = (typeOf(parameter).values(parameter) ?? []).slice(before.moleculesOf(old).length).map(String);
    for (const [smiles, encoding] of await encodeMolecules(further)) {
      if (encoding === null) {
        const why = (await (await loadMolecules()).refusal(smiles)) ?? 'it cannot be encoded';
        faults.push({ path, message: `'${smiles}' is no molecule: ${why}`, remedy: 'the SMILES of a molecule' });
        continue;
      }
      const key = moleculeKey(smiles, encoding.canonical);
      const spelled = known.get(key);
      if (spelled !== undefined)
        faults.push({ path, message: `'${smiles}' is the molecule '${spelled}'`, remedy: `written as '${spelled}'` });
      else known.set(key, smiles);
    }
  }
  return faults;
}
