import { toHalf } from './half.js';
import { laplacianSpectrum } from './laplacian.js';
import type { MoleculeGraph } from './molecule-graph.js';
import { edgeFeatures, nodeFeatures } from './node-features.js';
import { returnProbabilities } from './walks.js';

/** What MiniMol reads of a molecule; matrices row-major, atoms and bonds in the order of the graph, each bond once in each direction. */
export interface MoleculeFeatures {
  readonly atoms: number;
  /** Bonds, twice. */
  readonly edges: number;
  /** [atoms, nodeWidth]. */
  readonly nodes: Float32Array;
  /** [edges, edgeWidth]. */
  readonly bonds: Float32Array;
  /** Atoms that edges begin at. */
  readonly begins: readonly number[];
  /** Atoms that edges end at. */
  readonly ends: readonly number[];
  /** Of the Laplacian, [atoms, eigenvectorCount]. */
  readonly eigenvectors: Float32Array;
  /** As many, the same for all atoms of a connected part. */
  readonly eigenvalues: Float32Array;
  /** [atoms, walkSteps]. */
  readonly walks: Float32Array;
}

/** What MiniMol reads of a molecule of known elements, as numbers of 16 bits, which it was trained on. */
export function featuresOf(graph: MoleculeGraph): MoleculeFeatures {
  const around = graph.bondsOf.map((own, atom) =>
    own.map((bond) => {
      const { from, to } = graph.bonds[bond]!;
      return from === atom ? to : from;
    }),
  );
  const { values, vectors } = laplacianSpectrum(around);
  return {
    atoms: graph.atoms.length,
    edges: 2 * graph.bonds.length,
    nodes: Float32Array.from(graph.atoms.flatMap((_, atom) => nodeFeatures(graph, atom))),
    bonds: Float32Array.from(graph.bonds.flatMap((bond) => [...edgeFeatures(bond), ...edgeFeatures(bond)])),
    begins: graph.bonds.flatMap(({ from, to }) => [from, to]),
    ends: graph.bonds.flatMap(({ from, to }) => [to, from]),
    eigenvectors: Float32Array.from(vectors, toHalf),
    eigenvalues: Float32Array.from(values, toHalf),
    walks: Float32Array.from(returnProbabilities(around), toHalf),
  };
}
