import { type EncoderSpec, encoderSchema, type PoolSpec } from '../../../models/domain/campaign.js';
import { AthanorError, DamagedError } from '../../../models/domain/errors.js';
import { among } from '../../../models/domain/nearest.js';
import type { Space } from '../../../models/domain/space.js';
import { isJoined, type Reading, type SpaceCodes } from '../../../models/domain/space-codes.js';
import { networkReadings, whyNotRead } from '../../../models/encode/encoders/stored-network.js';
import { readMolecule } from '../../../models/encode/read-molecule.js';
import type { ModelBundle } from '../../../models/pretrained/bundle.js';
import { numberInput } from '../../../models/pretrained/number-input.js';
import { whyUntunable } from '../../../models/strategy/tuning/model-molecules.js';
import { readConfig } from '../../config.js';
import { fileErrorText, isFileError } from '../../file-error.js';
import type { CodeShare } from '../../models/code-cache.js';
import { homeModels, wholeBundle } from '../../models/home-models.js';
import { modelInUse } from '../../models/version-acts.js';
import { type PlacedFault, placed } from '../schema-faults.js';
import type { Tables } from '../tables.js';
import { componentCodes, curveText, curveValues } from './curve-values.js';
import { type Coder, elementsCoder, encoded, networkCoder } from './encoded.js';
import { isReadable, keysOf, mostCombinations, namedColumns, readableWords, usualColumns } from './readable.js';

/** The model that is used where a home has it, molecules up to which, and substances up to which it was measured. */
const [usualModel, mostUsual, mostSubstances] = ['minimol', 20_000, 4] as const;

/** What helps where a model is not as it should be. */
const lookAtIt = "'athanor models verify' looks at a model";

/** How a file's encoders are read. */
export interface CodeOptions {
  /** Campaign home, in which models and what they gave are kept; that of the environment where absent. */
  readonly home?: string;
  /** Where codes are kept for other homes, too. */
  readonly share?: CodeShare | null | undefined;
  /** The pool as the file names it, where there is one, and how its file is read. */
  readonly pool?: PoolSpec | undefined;
  readonly tables: Tables;
  /** Columns that hold what trials are to find out. */
  readonly answers: ReadonlySet<string>;
  /** Whether models are run; where not, they are looked for only. */
  readonly mayRun: boolean;
  /** Whether a model that is usual may be used where the file names none. */
  readonly usual?: boolean;
  readonly onNote?: ((line: string) => void) | undefined;
}

/** Where an entry of the file is read. */
interface Context extends CodeOptions {
  readonly space: Space;
  readonly home: string;
  /** Where the entry stands. */
  readonly at: readonly PropertyKey[];
  readonly faults: PlacedFault[];
}

/** Adds a fault of an entry. */
type Blame = (key: keyof EncoderSpec, message: string, remedy: string) => void;

function blameIn({ at, faults }: Context): Blame {
  return (key, message, remedy) => void faults.push(placed([...at, key], message, remedy));
}

/** An entry that can be encoded. */
interface Wanted {
  /** What two entries share that are the same. */
  readonly which: string;
  /** Null where it has faults after all. */
  readonly make: () => Promise<SpaceCodes | null>;
}

/**
 * What the encoders that a campaign file names give of the values of its space; values that a model cannot take are left out, and a
 * note says how many.
 */
export async function resolveCodes(
  given: unknown,
  space: Space | null,
  options: CodeOptions,
): Promise<{ readonly codes: readonly SpaceCodes[]; readonly faults: readonly PlacedFault[] }> {
  const codes: SpaceCodes[] = [];
  const faults: PlacedFault[] = [];
  if (given === undefined && space !== null) return { codes: await usualCodes(space, options), faults };
  if (!Array.isArray(given) || space === null) return { codes, faults };
  const home = options.home ?? readConfig(process.env).home;
  const seen = new Map<string, number>();
  for (const [i, entry] of given.entries()) {
    const { data: spec } = encoderSchema.safeParse(entry);
    if (spec === undefined) continue;
    const context = { ...options, space, home, at: ['encoders', i], faults };
    const fault = blameIn(context);
    const wanted = await wantedOf(spec, context);
    if (wanted === null) continue;
    const first = seen.get(wanted.which);
    if (first === undefined) seen.set(wanted.which, i);
    else fault('model', `the same as encoders[${first}]: model, output and columns`, 'name each once');
    if (faults.length > 0 || !options.mayRun) continue;
    const made = await wanted.make().catch((error: unknown) => {
      if (!(error instanceof AthanorError)) throw error;
      fault('model', error.message, lookAtIt);
      return null;
    });
    if (made !== null) codes.push(made);
  }
  return { codes: faults.length > 0 ? [] : codes, faults };
}

/** What an entry wants; null where it has faults. */
async function wantedOf(spec: EncoderSpec, context: Context): Promise<Wanted | null> {
  const { space, home, faults } = context;
  const before = faults.length;
  const blame = blameIn(context);
  const named = namedColumns(spec, space);
  await orderlyReaction(spec, space, blame);
  const found = await foundOf(spec, home).catch((error: unknown) => {
    if (!(error instanceof AthanorError)) throw error;
    const isDamaged = error instanceof DamagedError;
    blame('model', error.message, isDamaged ? lookAtIt : "add it: 'athanor models add', then 'athanor models list'");
    return null;
  });
  const reads = found === null ? null : readingOf(spec, found.readings);
  const assumed = reads ?? (spec.reaction === undefined ? 'curves' : 'reactions');
  const [word, words] = readableWords[assumed];
  const readable = space.parameters.filter((one) => isReadable(one, assumed)).map(({ name }) => name);
  const allowed = readable.length === 0 ? `the space has no ${words}` : `${words} are ${readable.join(', ')}`;
  for (const name of named ?? [])
    if (!readable.includes(name))
      blame(spec.reaction === undefined ? 'on' : 'reaction', `'${name}' is no ${word} of the space`, allowed);
  if (found === null || reads === null) return null;
  const on = named ?? usualColumns(space, reads);
  if (on.length === 0) blame('model', 'there is nothing to encode', allowed);
  const why = found.whyNot(reads);
  if (why !== null)
    blame(spec.output === undefined ? 'model' : 'output', why, "'athanor models show' tells of a model");
  const untuned = spec.finetune === undefined ? null : found.whyNotTuned(reads);
  if (untuned !== null) blame('finetune', untuned, 'leave finetune out');
  const isCurve = reads === 'curves';
  if (isCurve && spec.curve === undefined)
    blame(
      'model',
      `'${spec.model}' encodes curves, and none are named`,
      "'curve': where they stand in the pool's file",
    );
  if (!isCurve && spec.curve !== undefined)
    blame('curve', `'${spec.model}' encodes no curves`, 'model: curves, or a model that takes vectors');
  if (faults.length > before) return null;
  return isCurve ? curvesOf(spec, found, on, context) : valuesOf(spec, found, { reads, on }, context);
}

/** Values that stand in the columns. */
function valuesOf(
  { product }: EncoderSpec,
  { coder }: Found,
  { reads, on }: Pick<SpaceCodes, 'reads'> & { readonly on: readonly string[] },
  context: Context,
): Wanted | null {
  const keys = keysOf(context.space, reads, on);
  if (typeof keys === 'number') {
    const remedy = `at most ${mostCombinations}, or a pool, of which only the rows are encoded`;
    blameIn(context)('reaction', `${keys} combinations of ${on.join(', ')}`, remedy);
    return null;
  }
  const { identity, output } = coder!;
  const which = JSON.stringify([identity, output, reads, isJoined(reads) ? on : [...on].sort(), product]);
  const given = { reads, on, keys, ...(product === undefined ? {} : { product }) };
  return { which, make: () => encoded(coder!, given, context) };
}

/** Curves of what the columns name. */
async function curvesOf(
  spec: EncoderSpec,
  { coder }: Found,
  on: readonly string[],
  context: Context,
): Promise<Wanted | null> {
  const { space, pool, tables, answers, faults } = context;
  const at = [...context.at, 'curve'];
  const { curve } = spec;
  const width = coder?.bundle == null ? undefined : numberInput(coder.bundle.manifest)!.width;
  const blame = (message: string, remedy: string) => faults.push(placed(at, message, remedy));
  if (pool === undefined || space.pool === null)
    blame('the space has no pool', 'a pool, in whose file the curves stand');
  for (const key of width === undefined ? [] : (['points', 'explained', 'most'] as const))
    if (curve![key] !== undefined)
      blame(`'${key}' with a model that takes ${width} points as they are`, 'leave it out');
  if (pool === undefined || space.pool === null) return null;
  const source = { spec: curve!, pool, tables, answers, at, faults };
  const values = await curveValues(source, space, { on, ...(width === undefined ? {} : { points: width }) });
  if (values === null) return null;
  const which = JSON.stringify([coder?.identity ?? 'curves', coder?.output, on, curve]);
  if (coder === null) return { which, make: async () => componentCodes(values, source, on) };
  const texts = values.rows.map(curveText);
  return { which, make: () => encoded(coder, { reads: 'curves', on, keys: values.keys, texts }, context) };
}

/** Faults of a reaction by itself. */
async function orderlyReaction({ reaction, on, product }: EncoderSpec, space: Space, blame: Blame): Promise<void> {
  if (reaction === undefined) {
    if (product !== undefined) blame('product', 'there is no reaction', "with 'reaction', the columns of what reacts");
    return;
  }
  if (on !== undefined) blame('on', "both 'on' and 'reaction'", "'on' for each by itself, 'reaction' for all as one");
  const twice = reaction.find((name, i) => reaction.indexOf(name) !== i);
  if (twice !== undefined) blame('reaction', `'${twice}' is named twice`, 'name each column once');
  if (product === undefined) return;
  if (reaction.includes(product)) blame('product', `'${product}' is what reacts, too`, 'another column, or a SMILES');
  if (space.parameters.some(({ name }) => name === product)) return;
  await readMolecule(product, () => true).catch((error: unknown) => {
    if (!(error instanceof AthanorError)) throw error;
    const names = space.parameters.filter((one) => isReadable(one, 'reactions')).map(({ name }) => name);
    const substances = names.length === 0 ? '' : `, or a substance: ${among(product, names)}`;
    blame('product', error.message, `a SMILES${substances}`);
  });
}

/** What is read for a model of these readings: reactions where the entry tells of one. */
function readingOf({ reaction }: EncoderSpec, readings: readonly Reading[]): Reading {
  if (reaction !== undefined) return 'reactions';
  return readings.find((reads) => reads !== 'reactions') ?? 'molecules';
}

/** What a model is, and what it can be given. */
interface Found {
  /** Null where curves are told by their components. */
  readonly coder: Coder | null;
  readonly readings: readonly Reading[];
  readonly whyNot: (reads: Reading) => string | null;
  /** Why it cannot be fine-tuned by a campaign; null where it can. */
  readonly whyNotTuned: (reads: Reading) => string | null;
}

async function foundOf({ model, output }: EncoderSpec, home: string): Promise<Found> {
  if (model === 'elements') return ownProgram(model, elementsCoder, ['compositions', elementsCoder.output], output);
  if (model === 'curves') return ownProgram(model, null, ['curves', 'components'], output);
  const bundle = await bundleOf(home, model);
  const { manifest } = bundle;
  const asked = output ?? manifest.recommendedOutput;
  return {
    coder: networkCoder(bundle, asked),
    readings: networkReadings(manifest),
    whyNot: (reads) => whyNotRead(manifest, reads, asked),
    whyNotTuned: (reads) =>
      reads === 'molecules' ? whyUntunable(bundle) : `only encoders of molecules are fine-tuned, no ${reads}`,
  };
}

/** A program of our own, which reads one thing and has one output. */
function ownProgram(
  model: string,
  coder: Coder | null,
  [own, only]: readonly [reads: Reading, output: string],
  output: string | undefined,
): Found {
  const whyNot = (reads: Reading) => {
    if (reads !== own) return `'${model}' takes ${own}, no ${reads}`;
    return output === undefined || output === only ? null : `no output '${output}': '${model}' has '${only}' only`;
  };
  return { coder, readings: [own], whyNot, whyNotTuned: () => `'${model}' has nothing that could be fine-tuned` };
}

/**
 * What MiniMol gives where a home has it and no encoder is named: of spaces with substances, not of so many molecules that it would
 * take long: one block for all, with a lengthscale for each substance. Only where the home is told, so that programs get what their file says.
 */
async function usualCodes(space: Space, options: CodeOptions): Promise<readonly SpaceCodes[]> {
  const { home, mayRun, usual, onNote, share } = options;
  if (home === undefined || !mayRun || usual !== true) return [];
  const on = usualColumns(space, 'molecules');
  if (on.length < 1 || on.length > mostSubstances) return [];
  const keys = keysOf(space, 'molecules', on) as readonly string[];
  if (keys.length > mostUsual) return [];
  try {
    if (!(await homeModels(home)).some(({ name }) => name.startsWith(`${usualModel}@`))) return [];
    const bundle = await bundleOf(home, usualModel);
    const coder = networkCoder(bundle, bundle.manifest.recommendedOutput);
    const codes = await encoded(coder, { reads: 'molecules', on, keys }, { home, onNote, share });
    const names = on.map((name) => `'${name}'`).join(', ');
    onNote?.(`${codes.encoder} tells of the molecules of ${names}, too ('encoders: []' in the file for not)`);
    return [codes];
  } catch (error) {
    const isOfHome = isFileError(error);
    // A home that is a file has no models.
    if (isOfHome && error.code === 'ENOTDIR') return [];
    if (!(error instanceof AthanorError || isOfHome)) throw error;
    onNote?.(
      `${usualModel} tells nothing: ${isOfHome ? `the models of ${home}: ${fileErrorText(error)}` : error.message}`,
    );
    return [];
  }
}

async function bundleOf(home: string, name: string): Promise<ModelBundle> {
  return wholeBundle(await modelInUse(home, await homeModels(home), name, `the home ${home}`));
}
