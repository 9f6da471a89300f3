import { type EncodedDesigns, selectDesigns } from '../../encode/encoded-designs.js';
import { Generator } from '../../random/generator.js';
import type { FittedSurrogate, SurrogateType, TrainingSet } from '../contract.js';
import { checkTraining } from '../levels/level-fit.js';
import { SingleLevel } from '../levels/single-level.js';
import { BaggedNetworks, type Repair } from '../networks/bagged-networks.js';
import { Heads } from '../networks/heads.js';
import { networkBytes, readNetworks, rowKey, type TrainedNetworks } from '../networks/network-artefact.js';
import { NetworkColumns } from '../networks/network-columns.js';
import { trainHeads } from '../networks/train-heads.js';
import { lossUnit, transformInUnits } from '../outputs/loss-unit.js';
import { standardise } from '../outputs/standardise.js';
import { ViewPosterior } from '../process/view-posterior.js';
import { rowOrder } from '../row-order.js';

/** Networks; units of a hidden layer; networks that leave a row out, and rows below which none does. */
const [headCount, hidden, leavers, leastRows] = [8, 64, 3, 6];

/**
 * Eight networks on the trials at the target fidelity alone, for hundreds of trials and for embeddings: trained side by side as an ONNX
 * graph, each on the rows that it does not leave out, with random weights; each row is left out by three. See `BaggedNetworks` for the
 * predictive distribution. What was trained is the artefact; the same rows and seed train the same bits.
 */
export const deepEnsemble: SurrogateType<Promise<FittedSurrogate>> = {
  name: 'deep-ensemble',
  description:
    'eight neural networks on the target fidelity alone, with intervals repaired out of bag; needs onnxruntime-node',
  sees: 'target',
  fit: async (training, { previous, artefact, optimise, seed }) => {
    checkTraining(training);
    const rows = targetRows(training);
    if (optimise || artefact === undefined) return posteriorOf(training, rows, await trained(rows, seed), null);
    const networks = readNetworks(artefact);
    const repair = previous === null ? null : (previous.slice(0, 3) as unknown as Repair);
    return posteriorOf(training, rows, { networks, artefact }, repair);
  },
};

/** Rows at the target, in an order of their own. */
interface TargetRows {
  readonly designs: EncodedDesigns;
  readonly losses: Float64Array;
  /** Where each stands among the target's rows of the training set. */
  readonly order: readonly number[];
}

interface Trained {
  readonly networks: TrainedNetworks;
  readonly artefact: Uint8Array;
}

function targetRows({ designs, levels, losses, levelCount }: TrainingSet): TargetRows {
  const target = [...levels.keys()].filter((row) => levels[row] === levelCount - 1);
  const all = selectDesigns(designs, target);
  const own = target.map((row) => losses[row]!);
  const order = rowOrder(all, own);
  return { designs: selectDesigns(all, order), losses: Float64Array.from(order, (i) => own[i]!), order };
}

async function trained({ designs, losses }: TargetRows, seed: number): Promise<Trained> {
  const { n } = designs;
  const columns = NetworkColumns.of(designs);
  const rows = columns.of(designs);
  const inputs = columns.count;
  const { values: y } = standardised(losses, 1);
  const leftOut = leavingOut(n, new Generator(seed, 'networks', 'left out'));
  const shape = { heads: headCount, inputs, hidden };
  const weights = await trainHeads(shape, { n, rows, y, leftOut }, seed);
  const keys = Array.from(losses, (loss, i) => rowKey(rows.subarray(i * inputs, (i + 1) * inputs), loss));
  const networks = { columns, heads: new Heads(shape, weights), keys, leftOut };
  return { networks, artefact: networkBytes(networks) };
}

/** Which networks leave a row out, [heads][n]: as many of each row, and about as many rows of each network. */
function leavingOut(n: number, random: Generator): boolean[][] {
  const leftOut = Array.from({ length: headCount }, () => new Array<boolean>(n).fill(false));
  if (n < leastRows) return leftOut;
  random.permutation(n).forEach((row, at) => {
    for (let j = 0; j < leavers; j++) leftOut[(at * leavers + j) % headCount]![row] = true;
  });
  return leftOut;
}

function standardised(losses: Float64Array, levelCount: number) {
  return transformInUnits(standardise, new Array<number>(levelCount).fill(lossUnit(losses))).of(losses, 0);
}

/** Networks on the rows that they were trained on, conditioned on those that came since. */
function posteriorOf(
  { levels, levelCount }: TrainingSet,
  { designs, losses, order }: TargetRows,
  { networks, artefact }: Trained,
  repair: Repair | null,
): FittedSurrogate {
  const { columns, heads, keys, leftOut } = networks;
  const seen = columns.of(designs);
  const { inputs } = heads.shape;
  const places = new Map<number, number[]>();
  keys.forEach((key, at) => {
    places.set(key, [...(places.get(key) ?? []), at]);
  });
  const at = Array.from(losses, (loss, i) => {
    return places.get(rowKey(seen.subarray(i * inputs, (i + 1) * inputs), loss))?.shift();
  });
  const known = [...at.keys()].filter((i) => at[i] !== undefined);
  const since = [...at.keys()].filter((i) => at[i] === undefined);
  const own = Float64Array.from(known, (i) => losses[i]!);
  const transformed = standardised(own, levelCount);
  const part = selectDesigns(designs, known);
  const masks = leftOut.map((mask) => known.map((i) => mask[at[i]!]!));
  const bagged = new BaggedNetworks({
    columns,
    heads,
    designs: part,
    y: transformed.values,
    leftOut: masks,
    artefact,
    repair,
  });
  const whole = new ViewPosterior(
    bagged,
    transformed.values,
    known.map((i) => order[i]!),
    losses.length,
  );
  return new SingleLevel(whole, levels, levelCount, transformed, { parameter: 0, logPrior: 0 }).condition(
    selectDesigns(designs, since),
    new Int32Array(since.length).fill(levelCount - 1),
    Float64Array.from(since, (i) => losses[i]!),
  );
}
