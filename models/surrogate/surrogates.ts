import { AthanorError } from '../domain/errors.js';
import type { SurrogateType, TrainingSet } from './contract.js';
import type { Contender } from './ensemble.js';
import { adaptiveGp } from './kinds/adaptive-gp.js';
import { autoregressive } from './kinds/autoregressive.js';
import { baggedTrees } from './kinds/bagged-trees.js';
import { blocksGp } from './kinds/blocks-gp.js';
import { deepEnsemble } from './kinds/deep-ensemble.js';
import { gpType, smoothGp, standardGp, vanillaGp, warpedGp } from './kinds/gp.js';
import { icm, icmType } from './kinds/icm.js';
import { linearTerm } from './kinds/linear-term.js';
import { linearTruncatedGp } from './kinds/linear-truncated.js';
import { fitRobust } from './kinds/robust-gp.js';

/** Matérn 3/2 on losses warped by a learned logarithm. */
export const gp = gpType(
  'gp',
  'exact Gaussian process (Matérn 3/2, learned log warp), gross errors aside',
  standardGp,
  fitRobust,
);

const smooth = gpType(
  'smooth-gp',
  'exact Gaussian process, smooth and nearly additive; molecules by descriptors',
  smoothGp,
  fitRobust,
);

const vanilla = gpType('vanilla-gp', "exact Gaussian process with BoTorch's defaults, to compare with", vanillaGp);

const rbf = gpType('rbf-gp', 'exact Gaussian process as vanilla-gp, gross errors aside', vanillaGp, fitRobust);

const warped = gpType(
  'warped-gp',
  'exact Gaussian process as gp, with warped numeric inputs; for hundreds of trials',
  warpedGp,
  fitRobust,
);

const blocks = gpType(
  'blocks-gp',
  'exact Gaussian process, a sum over fingerprints, descriptors and the codes of each encoder',
  blocksGp,
  fitRobust,
);

const blocksIcm = icmType(
  'blocks-icm',
  'Gaussian process over designs and fidelities, a sum over fingerprints, descriptors and codes of encoders',
  blocksGp,
);

const smoothIcm = icmType(
  'smooth-icm',
  'Gaussian process over designs and fidelities, smooth and nearly additive; molecules by descriptors',
  smoothGp,
);

/** Every kind of surrogate; a new one is one line here. */
export const surrogates: readonly SurrogateType[] = [
  gp,
  smooth,
  vanilla,
  adaptiveGp,
  rbf,
  warped,
  blocks,
  icm,
  smoothIcm,
  blocksIcm,
  autoregressive,
  linearTruncatedGp,
  linearTerm,
  baggedTrees,
  deepEnsemble,
];

/** What a campaign file can name: surrogates that are fitted side by side and weighted by leave-one-out log score. */
export interface SurrogateChoice {
  readonly name: string;
  readonly description: string;
  readonly members: readonly Contender[];
}

/** Log prior odds of smooth kinds: 2 where there are molecules, as to be told what descriptors tell takes few trials. */
const forSmooth = ({ designs }: TrainingSet) => (designs.encoding.substances > 0 ? 2 : 0);

/** Log prior odds of a sum over all that is told of molecules: as of what is told by descriptors. */
const forBlocks = forSmooth;

/**
 * Log prior odds of what sees all fidelities: the odds are against it until it has predicted target trials, but where
 * it is known beforehand to follow the target.
 */
const forAllFidelities = ({ validated }: TrainingSet) => (validated === true ? 2 : -1);

/** Every choice: each kind alone, and the ensembles; a new ensemble is one line here. */
export const surrogateChoices: readonly SurrogateChoice[] = [
  {
    name: 'ensemble',
    description: 'gp and smooth-gp on the target fidelity alone, weighted by leave-one-out log score',
    members: [
      { type: gp, logOdds: () => 0 },
      { type: smooth, logOdds: forSmooth },
    ],
  },
  {
    name: 'guarded',
    description: 'gp on the target fidelity alone and icm on all fidelities, weighted by leave-one-out log score there',
    members: [
      { type: gp, logOdds: () => 0 },
      { type: icm, logOdds: forAllFidelities },
    ],
  },
  {
    name: 'guarded-ensemble',
    description: 'guarded, with smooth-gp on the target alone and smooth-icm on all fidelities',
    members: [
      { type: gp, logOdds: () => 0 },
      { type: smooth, logOdds: forSmooth },
      { type: icm, logOdds: forAllFidelities },
      { type: smoothIcm, logOdds: (training) => forAllFidelities(training) + forSmooth(training) },
    ],
  },
  {
    name: 'coded-ensemble',
    description: 'ensemble, with blocks-gp, which reads the codes of encoders',
    members: [
      { type: gp, logOdds: () => 0 },
      { type: smooth, logOdds: forSmooth },
      { type: blocks, logOdds: forBlocks },
    ],
  },
  {
    name: 'deep-coded-ensemble',
    description: 'coded-ensemble, with deep-ensemble: networks on the codes of encoders and all other columns',
    members: [
      { type: gp, logOdds: () => 0 },
      { type: smooth, logOdds: forSmooth },
      { type: blocks, logOdds: forBlocks },
      { type: deepEnsemble, logOdds: () => 0 },
    ],
  },
  {
    name: 'guarded-coded-ensemble',
    description: 'coded-ensemble on the target alone, with smooth-icm and blocks-icm on all fidelities',
    members: [
      { type: gp, logOdds: () => 0 },
      { type: smooth, logOdds: forSmooth },
      { type: blocks, logOdds: forBlocks },
      { type: smoothIcm, logOdds: (training) => forAllFidelities(training) + forSmooth(training) },
      { type: blocksIcm, logOdds: (training) => forAllFidelities(training) + forBlocks(training) },
    ],
  },
  {
    name: 'level-ensemble',
    description:
      'rbf-gp and smooth-gp on outcomes as they are: of several goals, each of which may matter anywhere in its range',
    members: [
      { type: rbf, logOdds: () => 0 },
      { type: smooth, logOdds: forSmooth },
    ],
  },
  {
    name: 'guarded-level-ensemble',
    description: 'level-ensemble on the target alone, with smooth-icm on all fidelities',
    members: [
      { type: rbf, logOdds: () => 0 },
      { type: smooth, logOdds: forSmooth },
      { type: smoothIcm, logOdds: (training) => forAllFidelities(training) + forSmooth(training) },
    ],
  },
  ...surrogates.map((type) => ({
    name: type.name,
    description: type.description,
    members: [{ type, logOdds: () => 0 }],
  })),
];

/**
 * What is chosen where a campaign file names nothing.
 *
 * @param finite - whether designs come from a finite list, or hold molecules. Lists are often tables of formulations, on
 *   which smooth-gp earns its time; on test functions of continuous spaces it costs more than it brings.
 * @param coded - whether encoders tell of molecules
 * @param goals - whether there are several goals. Kinds that learn to stretch the best values, which are what one objective is
 *   about, then follow the rest of the range less well, where a front, a target or a bound may lie.
 */
export function defaultChoice(
  levelCount: number,
  { finite, coded, goals = false }: { finite: boolean; coded: boolean; goals?: boolean },
): string {
  if (goals && !coded) return levelCount > 1 ? 'guarded-level-ensemble' : 'level-ensemble';
  if (coded) return levelCount > 1 ? 'guarded-coded-ensemble' : 'coded-ensemble';
  if (levelCount > 1) return finite ? 'guarded-ensemble' : 'guarded';
  return finite ? 'ensemble' : 'gp';
}

/** The choice of that name. @throws {AthanorError} naming the ones there are */
export function surrogateChoice(name: string): SurrogateChoice {
  const found = surrogateChoices.find((choice) => choice.name === name);
  if (found === undefined)
    throw new AthanorError(
      'SURROGATE',
      `no surrogate '${name}'; there are ${surrogateChoices.map((choice) => choice.name).join(', ')}`,
    );
  return found;
}
