import { z } from 'zod';

/** A molecule in three dimensions with the bonds it must keep; what every xtb run starts from. */
export interface Geometry {
  /** OpenChemLib's canonical code of the molecule; atoms are in its order, hydrogens last. */
  readonly idcode: string;
  readonly elements: readonly string[];
  /** One [x, y, z] an atom, in Å, rounded to 1e-6 so that a stored geometry equals a fresh one. */
  readonly positions: readonly (readonly [number, number, number])[];
  /** Pairs of atom indices, smaller first, sorted. */
  readonly bonds: readonly (readonly [number, number])[];
  /** Sum of the formal charges, in e. */
  readonly charge: number;
}

/** What became of the search for a start geometry: one, or why there is none. */
export type Conformer =
  | { readonly geometry: Geometry }
  | { readonly failure: { readonly code: 'noConformer' | 'noForceField'; readonly message: string } };

/** Strict schema of a stored geometry. */
export const geometrySchema: z.ZodType<Geometry> = z.strictObject({
  idcode: z.string().min(1),
  elements: z.array(z.string().min(1)).min(1),
  positions: z.array(z.tuple([z.number(), z.number(), z.number()])).min(1),
  bonds: z.array(z.tuple([z.int().min(0), z.int().min(0)])),
  charge: z.int(),
});

const conformerSchema = z.union([
  z.strictObject({ geometry: geometrySchema }),
  z.strictObject({
    failure: z.strictObject({ code: z.enum(['noConformer', 'noForceField']), message: z.string() }),
  }),
]);

/** What a search for a start geometry wrote. @throws {Error} if it is none of it */
export function parseConformer(text: string): Conformer {
  return conformerSchema.parse(JSON.parse(text));
}

/** The geometry as an xyz file, coordinates in Å. */
export function toXyz({ elements, positions }: Pick<Geometry, 'elements' | 'positions'>, comment = ''): string {
  const rows = elements.map((element, i) => [element, ...positions[i]!.map((x) => x.toFixed(6))].join(' '));
  return `${[elements.length, comment, ...rows].join('\n')}\n`;
}

/**
 * Reads an xyz file.
 * @returns null unless it holds as many atoms, with finite coordinates, as its first line says
 */
export function fromXyz(text: string): Pick<Geometry, 'elements' | 'positions'> | null {
  const lines = text.split('\n');
  const count = Number(lines[0]);
  if (!Number.isInteger(count) || count < 1 || lines.length < count + 2) return null;
  const rows = lines.slice(2, count + 2).map((line) => line.trim().split(/\s+/));
  const positions = rows.map((row) => row.slice(1, 4).map(Number) as [number, number, number]);
  if (!positions.every((position) => position.length === 3 && position.every(Number.isFinite))) return null;
  return { elements: rows.map((row) => row[0]!), positions };
}
