import type { Design } from '../domain/design.js';
import { AthanorError } from '../domain/errors.js';
import { typeOf } from '../domain/parameters/parameter.js';
import type { Space } from '../domain/space.js';
import type { EncodedDesigns, Encoding } from './encoded-designs.js';
import { blankDesigns } from './encoded-designs.js';
import type { Fingerprint } from './fingerprint.js';
import { loadMolecules } from './molecules.js';
import { standardiserOf } from './standardise.js';

interface Molecule {
  readonly fingerprint: Fingerprint;
  readonly descriptors: Float64Array;
}

/** Turns designs of one space into the columns that kernels read. */
export class SpaceEncoder {
  readonly encoding: Encoding;
  /** For each parameter, in order: the kind of its column and its place among the columns of that kind. */
  readonly columns: readonly { readonly kind: 'numeric' | 'category' | 'substance'; readonly at: number }[];
  private readonly moleculeIndex: ReadonlyMap<string, number>;

  private constructor(
    readonly space: Space,
    molecules: ReadonlyMap<string, Molecule>,
  ) {
    const counts = { numeric: 0, category: 0, substance: 0 };
    this.columns = space.parameters.map((parameter) => {
      const kind = typeOf(parameter).feature(parameter, typeOf(parameter).fromUnit(parameter, 0)).kind;
      return { kind, at: counts[kind]++ };
    });
    this.moleculeIndex = new Map([...molecules.keys()].map((smiles, i) => [smiles, i]));
    this.encoding = {
      numeric: counts.numeric,
      categories: counts.category,
      substances: counts.substance,
      fingerprints: [...molecules.values()].map(({ fingerprint }) => fingerprint),
      descriptors: standardised([...molecules.values()].map(({ descriptors }) => descriptors)),
      vectors: [],
    };
  }

  /** An encoder for the space; loads RDKit only where there are molecules. */
  static async of(space: Space): Promise<SpaceEncoder> {
    const smiles = new Set<string>();
    for (const parameter of space.parameters)
      for (const value of typeOf(parameter).values(parameter) ?? []) {
        const feature = typeOf(parameter).feature(parameter, value);
        if (feature.kind !== 'substance') break;
        smiles.add(feature.smiles);
      }
    const molecules = new Map<string, Molecule>();
    if (smiles.size > 0) {
      const toolkit = await loadMolecules();
      for (const one of smiles)
        molecules.set(one, { fingerprint: toolkit.fingerprint(one), descriptors: toolkit.descriptors(one) });
    }
    return new SpaceEncoder(space, molecules);
  }

  encode(designs: readonly Design[]): EncodedDesigns {
    const { numeric, categories, substances } = this.encoding;
    const encoded = blankDesigns(designs.length, this.encoding);
    designs.forEach((design, i) => {
      this.space.parameters.forEach((parameter, p) => {
        const value = design[parameter.name];
        if (value === undefined)
          throw new AthanorError('DESIGN', `the design ${JSON.stringify(design)} has no value for '${parameter.name}'`);
        const feature = typeOf(parameter).feature(parameter, value);
        const { at } = this.columns[p]!;
        if (feature.kind === 'numeric') encoded.numeric[i * numeric + at] = feature.value;
        else if (feature.kind === 'category') encoded.categories[i * categories + at] = feature.index;
        else encoded.substances[i * substances + at] = this.moleculeIndex.get(feature.smiles)!;
      });
    });
    return encoded;
  }
}

function standardised(vectors: readonly Float64Array[]): Float64Array[] {
  const { standardise } = standardiserOf(vectors);
  return vectors.map(standardise);
}
