import type { Design, ParameterValue } from '../domain/design.js';
import { AthanorError } from '../domain/errors.js';
import { isAnyComposition } from '../domain/parameters/composition.js';
import type { Feature } from '../domain/parameters/contract.js';
import { type Parameter, typeOf } from '../domain/parameters/parameter.js';
import type { Space } from '../domain/space.js';
import type { CodeColumn } from './code-columns.js';
import type { KnownCodes } from './code-tables.js';
import type { EncodedDesigns, Encoding } from './encoded-designs.js';
import { blankDesigns, designRowKey, vectorsWidth } from './encoded-designs.js';
import { encodeMolecules } from './encodings.js';
import { firstOfEach, type MixtureTable, mixtureTable } from './mixture-table.js';
import { type EncodedMolecule, loadMolecules } from './molecules.js';
import { amountColumns, amountsFeature, amountsMeaning, type Column, columnsOfParameters } from './space-columns.js';
import { codeTables, described, descriptorTables } from './space-tables.js';
import { type AskedCodes, askedOf, placedStrangers, type TableTellers, withStrangers } from './strangers.js';

/** What is encoded after the parameters of a space. */
export interface EncodedBeside {
  readonly parameters: readonly Parameter[];
  /** Values of what a design does not say, by name. */
  readonly current: Design;
}

/** Where rows of tables stand. */
interface Places {
  readonly encoding: Encoding;
  /** By SMILES. */
  readonly molecules: Pick<ReadonlyMap<string, number>, 'get'>;
  /** By key, of each coded column, those beside the ones of the space. */
  readonly coded?: readonly Pick<ReadonlyMap<string, number>, 'get'>[];
  /** Whether designs may be others than those of the space. */
  readonly isBeyond?: boolean;
}

/** Turns designs of one space into the columns that kernels read, and back. */
export class SpaceEncoder {
  readonly encoding: Encoding;
  /** For each parameter, in order: the kind of its column and its place among the columns of that kind. */
  readonly columns: readonly Column[];
  /**
   * What each column means, as a text that two encoders share exactly if hyperparameters fitted to the columns of one mean
   * the same to the other.
   */
  readonly meaning: string;
  private readonly smiles: readonly string[];
  private readonly moleculeIndex: ReadonlyMap<string, number>;
  private readonly mixtures: readonly MixtureTable[];
  /** Where each vector column begins in a row of the block of vectors. */
  private readonly offsets: readonly number[];
  /** Columns that are encoded otherwise than as molecules. */
  private readonly coded: readonly CodeColumn[];
  /** Writes what the tables of the encoding hold of a value that is none of the space. */
  private readonly tellers: TableTellers;
  /** Designs of the pool by the key of their encoded row; made when first asked for. */
  private pool: ReadonlyMap<string, Design> | null = null;

  private constructor(
    readonly space: Space,
    /** By SMILES. */
    readonly molecules: ReadonlyMap<string, EncodedMolecule>,
    private readonly beside: EncodedBeside,
  ) {
    const { columns, counts } = columnsOfParameters([...space.parameters, ...beside.parameters]);
    this.columns = columns;
    this.smiles = [...molecules.keys()];
    this.moleculeIndex = new Map(this.smiles.map((smiles, i) => [smiles, i]));
    this.mixtures = space.parameters.filter((_, p) => columns[p]!.kind === 'vector').map(mixtureTable);
    const vectors = this.mixtures.map(({ width }) => width);
    this.offsets = vectors.map((_, v) => vectors.slice(0, v).reduce((sum, width) => sum + width, 0));
    const tables = descriptorTables([...molecules.values()], this.substanceColumns());
    const { coders, coded } = codeTables(space, this.columns, molecules, this.substanceColumns());
    this.coded = coded;
    const own = columnsOfParameters(space.parameters).counts;
    const contexts = { numeric: counts.numeric - own.numeric, categories: counts.category - own.category };
    this.encoding = {
      ...(beside.parameters.length === 0 ? {} : { contexts }),
      numeric: counts.numeric,
      categories: counts.category,
      substances: counts.substance,
      coded: coded.length,
      fingerprints: [...molecules.values()].map(({ fingerprint }) => fingerprint),
      descriptors: tables.map(({ width, stereo, values }) => ({ width, stereo, values })),
      codes: coders.map(({ standardise: _, ...table }) => table),
      vectors,
    };
    this.tellers = { descriptors: tables.map(({ columns }) => columns), codes: coders };
    const seen = tables.map(({ columns }) => columns);
    const told = coders.map(({ encoder, column: { kind, at }, width }) => [encoder, kind, at, width]);
    const mixed = this.mixtures.map(({ encoded }) => encoded);
    const amounts = amountsMeaning(space.parameters, columns);
    const further = told.length === 0 && amounts.length === 0 ? [] : [told];
    this.meaning = JSON.stringify([counts, seen, mixed, ...further, ...(amounts.length === 0 ? [] : [amounts])]);
  }

  /**
   * An encoder for the space; loads RDKit only where there are molecules.
   *
   * @param known - an encoder of a part of the space, whose molecules need not be encoded anew; the result is the same
   * @param beside - columns after those of the space; none where absent
   */
  static async of(
    space: Space,
    known?: SpaceEncoder,
    beside: EncodedBeside = { parameters: [], current: {} },
  ): Promise<SpaceEncoder> {
    const smiles = new Set<string>();
    for (const parameter of space.parameters)
      for (const value of typeOf(parameter).values(parameter) ?? []) {
        const feature = typeOf(parameter).feature(parameter, value);
        if (feature.kind !== 'substance') break;
        smiles.add(feature.smiles);
      }
    const strange = known === undefined ? smiles : [...smiles].filter((one) => !known.molecules.has(one));
    const encoded = await encodeMolecules(strange);
    const molecules = new Map<string, EncodedMolecule>();
    // Once more for those without, which says why.
    for (const one of smiles)
      molecules.set(one, known?.molecules.get(one) ?? encoded.get(one) ?? (await (await loadMolecules()).encode(one)));
    return new SpaceEncoder(space, molecules, beside);
  }

  /** Whether designs of the space of another encoder have the same columns by this one, to the bit. */
  encodesLike(other: SpaceEncoder): boolean {
    const { parameters } = other.space;
    return (
      this.space.codes === other.space.codes &&
      this.space.parameters.every((one, p) => this.columns[p]!.kind !== 'vector' || one === parameters[p]) &&
      other.smiles.every((smiles, i) => smiles === this.smiles[i])
    );
  }

  /** @throws {AthanorError} if a design lacks a parameter, or has a mixture that the space does not hold */
  encode(designs: readonly Design[]): EncodedDesigns {
    return this.encodeWith(designs, { encoding: this.encoding, molecules: this.moleculeIndex });
  }

  /**
   * Designs that the space may not have, in its columns as they are: molecules are told of by the descriptors and codes that tell its own
   * apart, scaled alike, and mixtures by its components. What designs of the space become does not change.
   *
   * @param strangers - molecules beside those of the space, by SMILES
   * @param codes - what encoders of the space give of what is asked for by `strangeTo`; one that they give nothing of is masked in its block
   * @throws {AthanorError} if a design lacks a parameter or has a molecule that is neither of the space nor given
   */
  encodeBeyond(
    designs: readonly Design[],
    strangers: ReadonlyMap<string, EncodedMolecule>,
    codes: readonly KnownCodes[] = [],
  ): EncodedDesigns {
    const molecules = [...strangers].filter(([smiles]) => !this.moleculeIndex.has(smiles));
    const coded = this.coded.map((column) => {
      const given = codes.find(({ encoder }) => encoder === column.table.encoder);
      return placedStrangers(column, designs, (key) => given?.of(key));
    });
    const isBeyond = true;
    if (molecules.length === 0 && coded.every(({ codes }) => codes.length === 0))
      return this.encodeWith(designs, { encoding: this.encoding, molecules: this.moleculeIndex, isBeyond });
    const index = new Map(molecules.map(([smiles], i) => [smiles, this.smiles.length + i]));
    const further = { molecules, coded: coded.map((column) => column.codes) };
    const encoding = withStrangers(this.encoding, this.tellers, further, [described(strangers), ...codes]);
    return this.encodeWith(designs, {
      encoding,
      molecules: { get: (smiles) => this.moleculeIndex.get(smiles) ?? index.get(smiles) },
      coded: coded.map(({ places }) => places),
      isBeyond,
    });
  }

  /** What the encoders of the space are to be asked for, by encoder, so that they tell of designs that it may not have. */
  strangeTo(designs: readonly Design[]): readonly AskedCodes[] {
    return askedOf(this.space, designs, { isKnown: (smiles) => this.moleculeIndex.has(smiles), coded: this.coded });
  }

  private encodeWith(
    designs: readonly Design[],
    { encoding, molecules: index, coded = [], isBeyond = false }: Places,
  ): EncodedDesigns {
    const { numeric, categories, substances } = encoding;
    const width = vectorsWidth(encoding);
    const encoded = blankDesigns(designs.length, encoding);
    designs.forEach((design, i) => {
      [...this.space.parameters, ...this.beside.parameters].forEach((parameter, p) => {
        const value = design[parameter.name] ?? this.beside.current[parameter.name];
        if (value === undefined)
          throw new AthanorError('DESIGN', `the design ${JSON.stringify(design)} has no value for '${parameter.name}'`);
        const { kind, at } = this.columns[p]!;
        if (kind === 'vector') {
          encoded.vectors.set(this.entries(at, value, isBeyond), i * width + this.offsets[at]!);
          return;
        }
        const feature = typeOf(parameter).feature(parameter, value);
        if (isAnyComposition(parameter)) encoded.numeric.set(amountColumns(parameter, feature), i * numeric + at);
        else if (feature.kind === 'numeric') encoded.numeric[i * numeric + at] = feature.value;
        else if (feature.kind === 'category') encoded.categories[i * categories + at] = feature.index;
        else if (feature.kind === 'substance') {
          const place = index.get(feature.smiles);
          if (place === undefined && isBeyond)
            throw new AthanorError('DESIGN', `the molecule '${feature.smiles}' is not encoded`);
          encoded.substances[i * substances + at] = place!;
        }
      });
      this.coded.forEach(({ keyOf, placeOf }, c) => {
        const key = keyOf(design);
        encoded.coded[i * encoding.coded + c] = coded[c]?.get(key) ?? placeOf(key);
      });
    });
    return encoded;
  }

  /**
   * The designs that `encode` made the rows from, exactly: the first row of the pool that is encoded so, in whatever contexts; without a pool,
   * the value of each parameter with that feature (of numbers that share a coordinate, the roundest).
   *
   * @throws {AthanorError} if a row is no design of the space
   */
  decode(encoded: EncodedDesigns): Design[] {
    const rows = Array.from({ length: encoded.n }, (_, i) => i);
    if (this.space.pool === null) return rows.map((i) => this.decodeRow(encoded, i));
    this.pool ??= this.designsOfPool([...this.space.pool.designs]);
    return rows.map((i) => this.pool!.get(designRowKey(encoded, i)) ?? strangeRow(i, 'is no row of the pool'));
  }

  private decodeRow(encoded: EncodedDesigns, i: number): Design {
    return Object.fromEntries(
      this.space.parameters.map((parameter, p) => {
        const { kind, at } = this.columns[p]!;
        const value =
          kind === 'vector'
            ? this.mixtures[at]!.values.get(this.vectorAt(encoded, i, at).join())
            : typeOf(parameter).fromFeature(parameter, this.featureAt(encoded, i, p));
        return [parameter.name, value ?? strangeRow(i, `has no value of '${parameter.name}'`)];
      }),
    );
  }

  /** Names of the molecules of a substance, each with its place among the fingerprints. */
  moleculesOf(parameter: Parameter): readonly (readonly [name: string, at: number])[] {
    return (typeOf(parameter).values(parameter) ?? []).flatMap((value) => {
      const feature = typeOf(parameter).feature(parameter, value);
      return feature.kind === 'substance' ? [[String(value), this.moleculeIndex.get(feature.smiles)!] as const] : [];
    });
  }

  /** SMILES and codes of a molecule by its place among the fingerprints. */
  moleculeAt(at: number): readonly [smiles: string, encoded: EncodedMolecule] {
    const smiles = this.smiles[at]!;
    return [smiles, this.molecules.get(smiles)!];
  }

  /** Each substance column, and the places of the molecules that it may hold. */
  private substanceColumns() {
    const substances = this.space.parameters.filter((_, p) => this.columns[p]!.kind === 'substance');
    return substances.map((parameter, at) => {
      const members = [...new Set(this.moleculesOf(parameter).map(([, molecule]) => molecule))];
      return { name: parameter.name, at, members };
    });
  }

  private featureAt(encoded: EncodedDesigns, i: number, p: number): Feature {
    const { numeric, categories, substances } = this.encoding;
    const { kind, at } = this.columns[p]!;
    const parameter = this.space.parameters[p]!;
    if (isAnyComposition(parameter)) return amountsFeature(parameter, encoded.numeric.subarray(i * numeric + at));
    if (kind === 'numeric') return { kind, value: encoded.numeric[i * numeric + at]! };
    if (kind === 'category') return { kind, index: encoded.categories[i * categories + at]! };
    return { kind: 'substance', smiles: this.smiles[encoded.substances[i * substances + at]!] ?? '' };
  }

  private vectorAt(encoded: EncodedDesigns, i: number, at: number): Float64Array {
    const from = i * vectorsWidth(this.encoding) + this.offsets[at]!;
    return encoded.vectors.subarray(from, from + this.mixtures[at]!.width);
  }

  private entries(at: number, value: ParameterValue, isBeyond: boolean): Float64Array {
    const mixture = this.mixtures[at]!;
    const entries = mixture.entries.get(value) ?? (isBeyond ? mixture.strange(value) : undefined);
    if (entries === undefined) throw new AthanorError('DESIGN', `'${value}' is no mixture of the space`);
    return entries;
  }

  private designsOfPool(designs: readonly Design[]): ReadonlyMap<string, Design> {
    const encoded = this.encode(designs);
    return firstOfEach(designs.map((design, i) => [designRowKey(encoded, i), design]));
  }
}

function strangeRow(row: number, what: string): never {
  throw new AthanorError('DESIGN', `the encoded row ${row} ${what}`);
}
