import { float32, int64, type TensorData } from '../../onnx/tensor.js';
import type { MoleculeFeatures } from './featurise.js';
import { eigenvectorCount } from './laplacian.js';
import { edgeWidth, nodeWidth } from './node-features.js';
import { walkSteps } from './walks.js';

/**
 * Graphs of each run of MiniMol, of which some may be empty. Always as many: numbers of graphs are computed several at a time, and
 * those left over otherwise, in other bits. With 16 a molecule also takes least time.
 */
export const graphsOfRun = 16;

/**
 * Molecules as the inputs of MiniMol: one graph of all their atoms, with the number of the molecule at each.
 *
 * @param molecules - at most `graphsOfRun`
 */
export function graphFeeds(molecules: readonly MoleculeFeatures[]): Readonly<Record<string, TensorData>> {
  const [atoms, edges] = [sum(molecules.map((one) => one.atoms)), sum(molecules.map((one) => one.edges))];
  const matrix = (
    part: 'nodes' | 'bonds' | 'eigenvectors' | 'eigenvalues' | 'walks',
    rows: number,
    columns: number,
  ) => {
    const data = new Float32Array(rows * columns);
    let at = 0;
    for (const { [part]: own } of molecules) {
      data.set(own, at);
      at += own.length;
    }
    return float32(data, [rows, columns]);
  };
  let first = 0;
  const [begins, ends, graphs]: [number[], number[], number[]] = [[], [], []];
  molecules.forEach((one, graph) => {
    for (const atom of one.begins) begins.push(first + atom);
    for (const atom of one.ends) ends.push(first + atom);
    for (let atom = 0; atom < one.atoms; atom++) graphs.push(graph);
    first += one.atoms;
  });
  return {
    feat: matrix('nodes', atoms, nodeWidth),
    edge_feat: matrix('bonds', edges, edgeWidth),
    edge_index: int64([...begins, ...ends], [2, edges]),
    laplacian_eigvec: matrix('eigenvectors', atoms, eigenvectorCount),
    laplacian_eigval: matrix('eigenvalues', atoms, eigenvectorCount),
    rw_return_probs: matrix('walks', atoms, walkSteps),
    batch: int64(graphs),
    graph_slots: float32(new Float32Array(graphsOfRun), [graphsOfRun]),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
