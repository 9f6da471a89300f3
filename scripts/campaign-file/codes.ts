import { encoderSchema } from '../../models/domain/campaign.js';
import { AthanorError, ContractError, DamagedError } from '../../models/domain/errors.js';
import { typeOf } from '../../models/domain/parameters/parameter.js';
import type { Space } from '../../models/domain/space.js';
import { packedRows, type SpaceCodes } from '../../models/domain/space-codes.js';
import { whyNoMolecules } from '../../models/encode/encoders/stored-network.js';
import { checkFiles, type ModelBundle, modelIdentity } from '../../models/pretrained/bundle.js';
import { readConfig } from '../config.js';
import { fileErrorText, isFileError } from '../file-error.js';
import { CodeCache } from '../models/code-cache.js';
import { homeModels, modelName, readBundle } from '../models/home-models.js';
import { moleculesAtOnce, openMoleculeModel } from '../models/molecule-model.js';
import { modelInUse } from '../models/version-acts.js';
import { type PlacedFault, placed } from './schema-faults.js';

/** Milliseconds after which people are told how far the encoding is, and between two such lines. */
const patience = { first: 1_000, next: 5_000 } as const;

/** The model that is used where a home has it, and molecules up to which. */
const [usualModel, mostUsual] = ['minimol', 20_000] as const;

/** How a file's encoders are read. */
export interface CodeOptions {
  /** Campaign home, in which models and what they gave are kept; that of the environment where absent. */
  readonly home?: string;
  /** Whether models are run; where not, they are looked for only. */
  readonly mayRun: boolean;
  /** Whether a model that is usual may be used where the file names none. */
  readonly usual?: boolean;
  readonly onNote?: ((line: string) => void) | undefined;
}

/**
 * What the encoders that a campaign file names give of the molecules of its space; molecules that a model cannot take are left out,
 * and a note says how many.
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
  const substances = space.parameters.filter((one) => moleculesOf([one]).length > 0).map(({ name }) => name);
  for (const [i, entry] of given.entries()) {
    const { data: wanted } = encoderSchema.safeParse(entry);
    if (wanted === undefined) continue;
    const fault = (key: string, message: string, remedy: string) =>
      faults.push(placed(['encoders', i, key], message, remedy));
    const strange = (wanted.on ?? []).filter((name) => !substances.includes(name));
    const allowed = substances.length === 0 ? 'the space has no substances' : `substances are ${substances.join(', ')}`;
    for (const name of strange) fault('on', `'${name}' is no substance of the space`, allowed);
    if (wanted.on === undefined && substances.length === 0) fault('model', 'there is nothing to encode', allowed);
    const bundle = await bundleOf(home, wanted.model).catch((error: unknown) => {
      if (!(error instanceof AthanorError)) throw error;
      fault('model', error.message, "add it: 'athanor models add', then 'athanor models list'");
      return null;
    });
    if (bundle === null) continue;
    const { output = bundle.manifest.recommendedOutput } = wanted;
    const why = whyNoMolecules(bundle.manifest, output);
    if (why !== null)
      fault(wanted.output === undefined ? 'model' : 'output', why, "'athanor models show' tells of a model");
    if (faults.length > 0 || !options.mayRun) continue;
    const parameters = space.parameters.filter(({ name }) => (wanted.on ?? substances).includes(name));
    const made = await encoded(bundle, output, parameters, { ...options, home }).catch((error: unknown) => {
      if (!(error instanceof AthanorError)) throw error;
      fault('model', error.message, "'athanor models verify' looks at a model");
    });
    if (made !== undefined) codes.push(made);
  }
  return { codes: faults.length > 0 ? [] : codes, faults };
}

/**
 * What MiniMol gives where a home has it and no encoder is named: of spaces with one substance, of not so many molecules that it
 * would take long. Only where the home is told, so that programs get what their file says.
 */
async function usualCodes(space: Space, { home, mayRun, usual, onNote }: CodeOptions): Promise<readonly SpaceCodes[]> {
  if (home === undefined || !mayRun || usual !== true) return [];
  const substances = space.parameters.filter((one) => moleculesOf([one]).length > 0);
  if (substances.length !== 1 || moleculesOf(substances).length > mostUsual) return [];
  try {
    if (!(await homeModels(home)).some(({ name }) => name.startsWith(`${usualModel}@`))) return [];
    const bundle = await bundleOf(home, usualModel);
    const codes = await encoded(bundle, bundle.manifest.recommendedOutput, substances, { home, mayRun, onNote });
    onNote?.(
      `${codes.encoder} tells of the molecules of '${substances[0]!.name}', too ('encoders: []' in the file for not)`,
    );
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
  const { folder, manifest, trouble } = await modelInUse(home, await homeModels(home), name, `the home ${home}`);
  if (manifest === null) throw new DamagedError(`model ${name} cannot be read: ${trouble}`);
  const bundle = await readBundle(folder, manifest);
  checkFiles(bundle);
  return bundle;
}

/** SMILES that parameters may hold, each once. */
function moleculesOf(parameters: Space['parameters']): readonly string[] {
  const all = parameters.flatMap((parameter) =>
    (typeOf(parameter).values(parameter) ?? []).flatMap((value) => {
      const feature = typeOf(parameter).feature(parameter, value);
      return feature.kind === 'substance' ? [feature.smiles] : [];
    }),
  );
  return [...new Set(all)];
}

async function encoded(
  bundle: ModelBundle,
  output: string,
  parameters: Space['parameters'],
  { home, onNote }: CodeOptions & { readonly home: string },
): Promise<SpaceCodes> {
  const { manifest } = bundle;
  const [encoder, identity] = [modelName(manifest), modelIdentity(manifest)];
  const cache = await CodeCache.open(home, { identity, output });
  const smiles = moleculesOf(parameters);
  await fill(
    cache,
    smiles.filter((one) => cache.get(one) === undefined),
    bundle,
    { output, onNote },
  );
  const taken = smiles.filter((one) => cache.get(one) !== null);
  if (taken.length === 0) throw new ContractError(`${encoder} can take none of the ${smiles.length} molecules`);
  if (taken.length < smiles.length)
    onNote?.(
      `${encoder} cannot take ${smiles.length - taken.length} of ${smiles.length} molecules, of which it tells nothing`,
    );
  const rows = taken.map((one) => cache.get(one)!);
  const on = parameters.map((parameter) => parameter.name);
  const about = { encoder, output, identity, reads: 'molecules', on } as const;
  return { ...about, width: rows[0]!.length, keys: taken, rows: packedRows(rows) };
}

async function fill(
  cache: CodeCache,
  missing: readonly string[],
  bundle: ModelBundle,
  { output, onNote }: Pick<CodeOptions, 'onNote'> & { readonly output: string },
): Promise<void> {
  if (missing.length === 0) return;
  const model = await openMoleculeModel(bundle, output);
  try {
    let due = Date.now() + patience.first;
    for (let from = 0; from < missing.length; from += moleculesAtOnce) {
      const some = missing.slice(from, from + moleculesAtOnce);
      await cache.add(some, await model.encode(some));
      if (Date.now() < due) continue;
      due = Date.now() + patience.next;
      onNote?.(`${modelName(bundle.manifest)}: ${from + some.length} of ${missing.length} molecules`);
    }
  } finally {
    await model.release();
  }
}
