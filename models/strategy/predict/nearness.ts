import { typeOf } from '../../domain/parameters/parameter.js';
import type { EncodedDesigns } from '../../encode/encoded-designs.js';
import { tanimoto } from '../../encode/fingerprint.js';
import type { SpaceEncoder } from '../../encode/space-encoder.js';
import type { Place } from '../candidates.js';

/** Numbers that are kept of how alike molecules are, at most: 64 MB. */
const mostKept = 8_000_000;

/** What is nearest to designs among those that were measured. */
export interface Nearest {
  /** Similarity to the nearest, [n], from 0 to 1. */
  readonly similarity: Float64Array;
  /** Place of the nearest among the measured ones, of several equally near the first, [n]. */
  readonly at: Int32Array;
}

/**
 * How near designs are to those that were measured: 1 − ν of the nearest, with ν as in `noveltyOf`, the distance in the parameter in
 * which the two differ most. 1 for a design that was measured, 0 where each of these differs altogether in some parameter.
 *
 * Written anew on columns, as it is asked of millions.
 */
export class Nearness {
  private readonly encoded: EncodedDesigns;
  private readonly mixtures: readonly MixtureColumn[];
  /** Of molecules of the space, [molecules × measured] of each substance column; NaN where nobody asked; null where they are too many. */
  private readonly known: readonly (Float64Array | null)[];

  /** @param measured - one or more designs that the encoder knows */
  constructor(encoder: SpaceEncoder, measured: readonly Place[]) {
    this.encoded = encoder.encode(measured.map(({ design }) => design));
    const { fingerprints, substances } = this.encoded.encoding;
    const size = fingerprints.length * measured.length;
    this.known = Array.from({ length: substances }, () =>
      size > mostKept ? null : new Float64Array(size).fill(Number.NaN),
    );
    this.mixtures = encoder.space.parameters
      .filter((_, p) => ['vector', 'amounts'].includes(encoder.columns[p]!.kind))
      .map((parameter) => {
        const of = ({ design }: Place) => {
          const feature = typeOf(parameter).feature(parameter, design[parameter.name]!);
          return feature.kind === 'mixture' ? feature.fractions : {};
        };
        return { of, measured: measured.map(of) };
      });
  }

  /** @param encoded - the same designs as columns */
  of(places: readonly Place[], encoded: EncodedDesigns): Nearest {
    const similarity = new Float64Array(encoded.n);
    const at = new Int32Array(encoded.n);
    const mixed = this.mixtures.map(({ of, measured }) => ({ own: places.map(of), measured }));
    for (let i = 0; i < encoded.n; i++) {
      let least = 2;
      for (let k = 0; k < this.encoded.n; k++) {
        let most = this.apart(encoded, i, k, least);
        for (const { own, measured } of mixed)
          if (most < least) most = Math.max(most, halfApart(own[i]!, measured[k]!));
        if (most < least) [least, at[i]] = [most, k];
      }
      similarity[i] = 1 - Math.min(1, least);
    }
    return { similarity, at };
  }

  /** Distance by all columns but mixtures; at least `enough` where it is beyond that. */
  private apart(designs: EncodedDesigns, i: number, k: number, enough: number): number {
    const { numeric, categories, substances } = designs.encoding;
    const own = this.encoded;
    let most = 0;
    for (let t = 0; t < numeric; t++) {
      const distance = Math.abs(designs.numeric[i * numeric + t]! - own.numeric[k * numeric + t]!);
      if (distance > most) most = distance;
      if (most >= enough) return most;
    }
    most = Math.min(1, most);
    for (let t = 0; t < categories; t++)
      if (designs.categories[i * categories + t] !== own.categories[k * categories + t]) return 1;
    for (let t = 0; t < substances && most < enough; t++) {
      const [x, y] = [designs.substances[i * substances + t]!, own.substances[k * substances + t]!];
      if (x !== y) most = Math.max(most, this.moleculesApart(designs, t, x, k));
    }
    return most;
  }

  /** 1 − Tanimoto of a molecule and that of a measured design in a substance column. */
  private moleculesApart({ encoding }: EncodedDesigns, column: number, x: number, k: number): number {
    const { substances, fingerprints } = this.encoded.encoding;
    const other = fingerprints[this.encoded.substances[k * substances + column]!]!;
    const known = x < fingerprints.length ? this.known[column]! : null;
    if (known === null) return 1 - tanimoto(encoding.fingerprints[x]!, other);
    const at = x * this.encoded.n + k;
    if (Number.isNaN(known[at]!)) known[at] = 1 - tanimoto(fingerprints[x]!, other);
    return known[at]!;
  }
}

type Fractions = Readonly<Record<string, number>>;

interface MixtureColumn {
  of(place: Place): Fractions;
  readonly measured: readonly Fractions[];
}

/** Half the sum of the differences of fractions. */
function halfApart(a: Fractions, b: Fractions): number {
  let sum = 0;
  for (const name of Object.keys(a)) sum += Math.abs(a[name]! - (b[name] ?? 0));
  for (const name of Object.keys(b)) if (!Object.hasOwn(a, name)) sum += b[name]!;
  return Math.min(1, sum / 2);
}
