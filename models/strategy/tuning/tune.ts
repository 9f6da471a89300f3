import { AthanorError, NumericalError } from '../../domain/errors.js';
import { packedRows, type SpaceCodes } from '../../domain/space-codes.js';
import { type FineTuneFigures, FineTuning } from '../../finetune/fine-tuning.js';
import type { FineTuned } from '../../finetune/merge.js';
import type { FineTunePlan, FineTuneSettings } from '../../finetune/plan.js';
import type { ModelBundle } from '../../pretrained/bundle.js';
import { type Manifest, modelFile } from '../../pretrained/manifest.js';
import { outputOf } from '../../pretrained/outputs.js';
import { portsOf, roleOf } from '../../pretrained/ports.js';
import { withRandomWeights } from '../../pretrained/random-weights.js';
import { Generator } from '../../random/generator.js';
import type { PairedFigures, VersionCodes } from './foreteller.js';
import { type JudgedPart, judgeInOrder, judgeVersions, type VersionFigures } from './judge.js';
import type { LabelledMolecules, TargetRows } from './labels.js';
import {
  canonicalSmiles,
  goldenValues,
  moleculeCodes,
  moleculeMark,
  type ReadMolecules,
  readMolecules,
  withNetwork,
} from './model-molecules.js';

/** What is fine-tuned, on what, and against what it is judged. Plain but for bytes: may be sent to a thread. */
export interface TuneJob {
  readonly parent: ModelBundle;
  /** The version that is used now. */
  readonly inUse: ModelBundle;
  /** Output that is learned from, as it is asked for. */
  readonly output: string;
  readonly labelled: LabelledMolecules;
  readonly target: TargetRows;
  /** Molecules that either has learned from before, as `moleculeMark` has them. */
  readonly seen: { readonly parent: readonly string[]; readonly inUse: readonly string[] };
  readonly folds: number;
  readonly settings: FineTuneSettings;
  readonly evenIfFew: boolean;
  /** Output of the versions that it is compared with; the one that each recommends where absent. */
  readonly outputInUse?: string;
  /** Molecules that are encoded under the new version if it is better; none where absent. */
  readonly encode?: readonly string[];
}

/** A chunk of one of the trainings. */
export interface TuneChunk {
  /** 0 on all labels; then one for each fold, without the values of its molecules; last on those before the last trials. */
  readonly training: number;
  /** Trainings in all. */
  readonly trainings: number;
  readonly figures: FineTuneFigures;
}

/** Where states between chunks are kept, by training. */
export interface TuneStates {
  readonly kept: ReadonlyMap<number, Uint8Array>;
  readonly onChunk: (chunk: TuneChunk, state: Uint8Array) => void;
}

/** What came of it. */
export interface Tuned {
  /** Content of an `.onnx` file with the inputs and outputs of the parent. */
  readonly network: Uint8Array;
  readonly figures: FineTuneFigures;
  /** Largest difference of the file from what was learned. */
  readonly difference: number;
  /** Marks of the molecules that were learned from; how many the model does not take, with why for the first. */
  readonly learned: readonly string[];
  readonly refused: ReadMolecules['refused'];
  /** What was compared; or why nothing could be. */
  readonly judged: VersionFigures | string;
  /** Against which version: the parent where the one in use has learned from what would be judged. */
  readonly against: 'parent' | 'inUse';
  /** Golden values of the new version; absent where its model has no inputs for them. */
  readonly golden?: Manifest['golden'];
  /** What the new version gives of the molecules of `encode`, as a space holds it; absent where nothing was encoded. */
  readonly codes?: Pick<SpaceCodes, 'keys' | 'width' | 'rows'>;
}

/** Molecules that are judged at least: fewer say nothing. */
const fewestJudged = 10;

/**
 * Fine-tunes a model on labels, then compares it with the version in use: for each fold it is trained anew without any value of the fold's
 * molecules, and `judgeVersions` says how well these are foretold; and once more on what was known before the last trials, of which
 * `judgeInOrder` says so. From kept states it goes on, and gives the same bits.
 *
 * @throws {InfeasibleError} if the model cannot be fine-tuned, or takes none of the molecules
 * @throws {NumericalError} if learning on all labels loses its way
 */
export async function tune(job: TuneJob, states: TuneStates): Promise<Tuned> {
  const read = await readMolecules(job.parent, job.labelled.smiles);
  const { judged, against } = judgedOn(job, read);
  const tooFew = whyNotJudged(job, judged.length);
  const count = Math.min(job.folds, judged.length);
  const trainings = tooFew === null ? count + 2 : 1;
  const train = (training: number, known: Known) =>
    trained(planOf(job, read, known), { training, trainings, ...states });
  const { tuned, figures } = await train(0, {});
  const isAsStored = figures.best?.step === 0;
  const result = {
    network: tuned.model,
    figures,
    difference: tuned.difference,
    learned: [...read.canonical.values()].map(moleculeMark).sort(),
    refused: read.refused,
    against,
    golden: await goldenValues(withNetwork(job.parent, tuned.model), job.output),
  };
  if (tooFew !== null) return { ...result, judged: tooFew };
  if (isAsStored)
    return {
      ...result,
      judged: 'after no epoch were the molecules held out foretold better than by the model as it is stored',
    };
  const order = new Generator(job.settings.seed, 'folds').permutation(judged.length);
  const measured = new Set(job.target.rows.map(({ smiles }) => smiles));
  const canonical = new Map([...read.canonical].filter(([smiles]) => measured.has(smiles)));
  const codesOf = (bundle: ModelBundle, output: string) => moleculeCodes(bundle, output, canonical);
  // Of the version in use the output that is in use.
  const inUse = await codesOf(job[against], job.outputInUse ?? job[against].manifest.recommendedOutput);
  const last = lastMolecules(judged);
  const first = job.target.rows.find(({ smiles }) => last.has(smiles))!;
  const parts: JudgedPart[] = [];
  for (let training = 1; training < trainings; training++) {
    const isFold = training <= count;
    const molecules = isFold
      ? new Set(order.filter((_, at) => at % count === training - 1).map((i) => judged[i]!))
      : last;
    try {
      const own = await train(training, isFold ? { without: molecules } : { before: first.label });
      parts.push({ molecules, inUse, tuned: await codesOf(withNetwork(job.parent, own.tuned.model), job.output) });
    } catch (error) {
      if (!(error instanceof NumericalError)) throw error;
      const which = isFold ? `without the molecules of fold ${training}` : 'on what was known before the last trials';
      return { ...result, judged: `${which}, ${error.message}` };
    }
  }
  const { on } = job.labelled;
  const rows = job.target.rows.filter(({ smiles }) => read.tokens.has(smiles));
  const target = { ...job.target, rows };
  const { seed } = job.settings;
  const random = await orWhyNot(() => codesOf(withRandomWeights(job.parent, seed), job.output));
  const inFolds = await judgeVersions(target, parts.slice(0, count), { on, seed, random });
  const prequential = await judgeInOrder(target, parts[count]!, { on, seed });
  const compared = { ...result, judged: { ...inFolds, prequential } };
  if (job.encode === undefined || !verdictOf(compared).isBetter) return compared;
  const encode = await canonicalSmiles(job.encode, read.canonical);
  const made = await moleculeCodes(withNetwork(job.parent, result.network), job.output, encode);
  const numbers = [...made.values()];
  const codes = { keys: [...made.keys()], width: numbers[0]!.length, rows: packedRows(numbers) };
  return { ...compared, codes };
}

/** What a control gives; what it fails at is no fault of the version that is judged. */
async function orWhyNot(control: () => Promise<VersionCodes>): Promise<VersionCodes | string> {
  try {
    return await control();
  } catch (error) {
    if (!(error instanceof AthanorError)) throw error;
    return error.message;
  }
}

/** The last third of molecules, in the order in which they were first measured at the target. */
function lastMolecules(judged: readonly string[]): ReadonlySet<string> {
  return new Set(judged.slice(-Math.round(judged.length / 3)));
}

/**
 * Whether a version takes the place of the one in use, and why: only if in folds it foretells better by more than its error, and the last
 * trials, each from those before it, no worse.
 */
export function verdictOf({ judged }: Pick<Tuned, 'judged'>): { readonly isBetter: boolean; readonly reason: string } {
  if (typeof judged === 'string') return { isBetter: false, reason: judged };
  const { gain, error, molecules, folds, prequential } = judged;
  const isBetter = gain > 0 && gain > error;
  const than = isBetter ? 'more than its error' : 'which is not better by more than its error';
  const inFolds = `log score ${gainText(judged)} on ${molecules} molecules in ${folds} folds, ${than}`;
  if (prequential === undefined) return { isBetter, reason: inFolds };
  const isWorse = prequential.gain < 0;
  const inOrder = `${gainText(prequential)} on the last ${prequential.molecules} in the order of trials, ${isWorse ? 'which is worse' : 'which is no worse'}`;
  return { isBetter: isBetter && !isWorse, reason: `${inFolds}${isBetter && isWorse ? '; but ' : '; '}${inOrder}` };
}

function gainText({ gain, error }: PairedFigures): string {
  return `${gain < 0 ? '' : '+'}${gain.toFixed(3)} ± ${error.toFixed(3)}`;
}

/**
 * Molecules measured at the target that neither version has learned from, lest it be judged on what it knows. Where too few are new to
 * the version in use, the new one is judged against the parent.
 */
function judgedOn({ target, seen }: TuneJob, { canonical }: ReadMolecules) {
  const measured = [...new Set(target.rows.map(({ smiles }) => smiles))].filter((smiles) => canonical.has(smiles));
  const without = (marks: readonly string[]) => {
    const known = new Set(marks);
    return measured.filter((smiles) => !known.has(moleculeMark(canonical.get(smiles)!)));
  };
  const fresh = without([...seen.parent, ...seen.inUse]);
  if (fresh.length >= fewestJudged) return { judged: fresh, against: 'inUse' as const };
  return { judged: without(seen.parent), against: 'parent' as const };
}

function whyNotJudged({ target }: TuneJob, judged: number): string | null {
  const measured = new Set(target.rows.map(({ smiles }) => smiles)).size;
  if (judged >= fewestJudged) return null;
  return `${judged} of the ${measured} molecules measured at the target can be judged on, fewer than ${fewestJudged}`;
}

/** Which labels are learned from: all but those of some molecules, or those before one. */
interface Known {
  readonly without?: ReadonlySet<string>;
  readonly before?: number;
}

function planOf(job: TuneJob, { tokens, feeds }: ReadMolecules, { without, before }: Known): FineTunePlan {
  const { parent, labelled, settings, evenIfFew } = job;
  const { manifest, files } = parent;
  const known = labelled.labels.slice(0, before);
  const told = new Set(known.map(({ molecule }) => molecule));
  const smiles = labelled.smiles.filter((one, i) => tokens.has(one) && told.has(i) && without?.has(one) !== true);
  const place = new Map(smiles.map((one, at) => [one, at]));
  const { port, pooling } = outputOf(manifest, job.output);
  return {
    model: files.get(modelFile(manifest))!,
    ids: portsOf(manifest.inputs).find(({ name }) => roleOf(name, manifest.inputRoles) === 'ids')!.name,
    output: port.name,
    pooling: pooling ?? 'mean',
    tokens: smiles.map((one) => tokens.get(one)!),
    feeds,
    labels: known.flatMap(({ molecule, level, value }) => {
      const at = place.get(labelled.smiles[molecule]!);
      return at === undefined ? [] : [{ molecule: at, level, value }];
    }),
    levelWeights: labelled.levels.map(() => 1),
    settings,
    evenIfFew: evenIfFew || without !== undefined || before !== undefined,
  };
}

async function trained(
  plan: FineTunePlan,
  { training, trainings, kept, onChunk }: TuneStates & Pick<TuneChunk, 'training' | 'trainings'>,
): Promise<{ readonly tuned: FineTuned; readonly figures: FineTuneFigures }> {
  const tuning = await FineTuning.open(plan);
  try {
    let state = kept.get(training) ?? (await tuning.begin());
    for (;;) {
      const next = await tuning.advance(state);
      ({ state } = next);
      onChunk({ training, trainings, figures: next.figures }, state);
      if (next.figures.done) return { tuned: await tuning.finish(state), figures: next.figures };
    }
  } finally {
    await tuning.close();
  }
}
