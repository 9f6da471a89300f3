import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { AdapterRegistry } from '../lab-adapters/registry.js';
import { createRegistry } from '../lab-adapters/registry.js';
import type { Campaign, CampaignSpec } from '../models/domain/campaign.js';
import { campaignSchema } from '../models/domain/campaign.js';
import { InvalidInputError } from '../models/domain/errors.js';
import { type Fault, formatPath } from '../models/domain/fault.js';
import { byLab, isOfLab } from '../models/domain/fidelity.js';
import { withinKnownBounds } from '../models/domain/known-bounds.js';
import { idSchema } from '../models/domain/parameters/numbers.js';
import type { Space } from '../models/domain/space.js';
import { readBounded, readingFaults } from './bounded-file.js';
import { withModules } from './campaign-file/adapter-modules.js';
import { unmetBounds } from './campaign-file/bounds.js';
import { crossChecks, initialFaults } from './campaign-file/cross-checks.js';
import { datasetFolderDocument } from './campaign-file/dataset-folder.js';
import { type CommaReading, pointsText } from './campaign-file/decimal-commas.js';
import type { SourceDocument } from './campaign-file/document.js';
import { madeDocument, readDocument, valueAt } from './campaign-file/document.js';
import { answerColumns } from './campaign-file/encoders/answer-columns.js';
import { resolveCodes } from './campaign-file/encoders/resolve-codes.js';
import { resolveFidelities } from './campaign-file/fidelities.js';
import { namedLab } from './campaign-file/lab-instruments.js';
import { readParts } from './campaign-file/parts.js';
import type { PlacedFault } from './campaign-file/schema-faults.js';
import { placed, schemaFaults, show } from './campaign-file/schema-faults.js';
import { resolveSources } from './campaign-file/sources.js';
import { resolveSpace } from './campaign-file/space.js';
import { respelledDesigns } from './campaign-file/spellings.js';
import { startFaults } from './campaign-file/start.js';
import { Tables } from './campaign-file/tables.js';
import { exclusiveNote } from './loop-settings.js';
import type { CodeShare } from './models/code-cache.js';

/** What may be set besides the file. */
export interface LoadOptions {
  /** Id of the campaign, the file's name entry where absent. */
  readonly id?: string;
  /** Adapters known before the file's own are added; the built-in ones where absent. */
  readonly registry?: AdapterRegistry;
  /** Entries that take the place of the file's, checked like them. */
  readonly overrides?: CampaignOverrides;
  /**
   * `checked`: the file's modules are run, and adapters may start the programs it names to look at them. `read`: nothing
   * that the file names is run; settings of built-in adapters are checked as far as that goes. `unchecked`: adapters are
   * neither loaded nor asked whether their settings are right; for who runs trials by hand.
   */
  readonly adapters?: 'checked' | 'read' | 'unchecked';
  /** Campaign home, where models are kept that encode molecules; that of the environment where absent. */
  readonly home?: string;
  /** Where what models gave is kept for other homes, too; nowhere else where absent or null. */
  readonly share?: CodeShare | null;
  /** Told what people should know of how the file's tables were read, a line each. */
  readonly onNote?: (line: string) => void;
}

/** Entries of a campaign file that commands can set. */
export interface CampaignOverrides {
  readonly seed?: number;
  readonly parallel?: number;
  readonly budget?: { readonly cost?: number; readonly trials?: number; readonly wallClock?: string };
  /** Surrogate and acquisition in place of the file's; random search also does without what it would not hear of. */
  readonly strategy?: { readonly surrogate?: string; readonly acquisition?: string };
  /** First trials: rows of the pool, or designs. */
  readonly initial?: {
    readonly rows?: readonly string[];
    readonly designs?: readonly Readonly<Record<string, number | string>>[];
  };
}

/**
 * A campaign from its file (YAML or JSON), or from a folder in the data-set format, with every file it names read. Adapter
 * settings come back with absolute paths, `adapters` as absolute files. Changes nothing.
 *
 * A folder becomes a campaign by itself; where no budget is given its budget is one target trial for each row.
 *
 * @throws {InvalidInputError} with every fault found
 */
export async function loadCampaign(path: string, options: LoadOptions = {}): Promise<Campaign> {
  const file = resolve(path);
  const kind = await stat(file).catch(() => null);
  if (kind === null)
    throw new InvalidInputError(path, [
      { path: '', message: 'no such file or folder', remedy: 'give a campaign file' },
    ]);
  if (kind.isDirectory()) {
    const document = await datasetFolderDocument(file);
    return readCampaign(madeDocument(document), { ...options, file: path, baseDir: file, budgetFromPool: true });
  }
  const text = await readBounded(file).catch((cause: Error) => {
    throw new InvalidInputError(path, readingFaults(cause, 'give a text file; long lists belong in CSV files'));
  });
  return readCampaignText(text, { ...options, file: path, baseDir: dirname(file) });
}

/**
 * A campaign from the text of its file.
 *
 * @param options - `file` names the text in messages; `baseDir` is the folder that relative paths start from
 * @throws {InvalidInputError} with every fault found
 */
export async function readCampaignText(
  text: string,
  options: LoadOptions & { readonly file: string; readonly baseDir: string },
): Promise<Campaign> {
  return readCampaign(readDocument(text), options);
}

interface ReadOptions extends LoadOptions {
  readonly file: string;
  readonly baseDir: string;
  readonly budgetFromPool?: boolean;
}

async function readCampaign(source: SourceDocument, options: ReadOptions): Promise<Campaign> {
  const { file, baseDir } = options;
  const root = source.value;
  if (typeof root !== 'object' || root === null || Array.isArray(root)) {
    const given = root == null ? 'the file is empty' : `${show(root)} is not a campaign`;
    const fault = { path: '', message: given, remedy: 'a mapping with name, space, objectives, fidelities and budget' };
    throw new InvalidInputError(file, source.faults.length > 0 ? source.faults : [fault]);
  }
  const document = overridden(root as Record<string, unknown>, options.overrides ?? {});
  if (document.objectives === undefined && document.instruments !== undefined) {
    const remedy = "give a campaign file, which names it under 'lab'; lab files: athanor lab check";
    throw new InvalidInputError(file, [{ path: '', message: 'this is a lab file, not a campaign file', remedy }]);
  }
  const faults: PlacedFault[] = [];
  const tables = new Tables(baseDir, options.onNote);
  const mayRun = options.adapters !== 'read';
  const modules =
    options.adapters === 'unchecked'
      ? { registry: null, files: [], whole: false }
      : await withModules(options.registry ?? createRegistry(), document, { baseDir, mayRun }, faults);
  const lab = await namedLab(document, baseDir, faults, options);
  const { space, faults: spaceFaults } = await resolveSpace(
    readParts(document),
    tables,
    options.budgetFromPool === true,
  );
  if (space !== null) await respellInitial(document, space.parameters);
  if (options.budgetFromPool === true && document.budget === undefined)
    document.budget = { trials: Math.max(1, space?.pool?.ids.length ?? 1) };
  const parts = readParts(document);
  const earlier = await resolveSources(parts, space, tables);
  const fidelities = await resolveFidelities(parts, space, {
    ...modules,
    baseDir,
    mayRun,
    lab,
  });
  const { home, onNote, share } = options;
  const sources = earlier.sources.length === 0 ? {} : { sources: earlier.sources };
  const encodable = space === null ? null : { ...space, ...sources };
  const { codes, faults: codeFaults } = await resolveCodes(document.encoders, encodable, {
    mayRun,
    tables,
    pool: parts.pool,
    answers: answerColumns(document),
    usual: choosesItself(document),
    share,
    ...(home === undefined ? {} : { home }),
    ...(onNote === undefined ? {} : { onNote }),
  });
  faults.push(
    ...codeFaults,
    ...schemaFaults(campaignSchema, document),
    ...spaceFaults,
    ...earlier.faults,
    ...fidelities.faults,
  );
  const stated = readParts(root as Record<string, unknown>).budget;
  faults.push(...crossChecks(parts, space, document), ...initialFaults({ ...parts, budget: stated }));
  faults.push(...idFaults(options.id));
  const { seed } = document;
  // Laid out only in a space that is one.
  if (space !== null && faults.length === 0) {
    const goals = campaignSchema.parse(document);
    const at = Number.isSafeInteger(seed) ? Number(seed) : 0;
    const bounds = await unmetBounds(goals, space);
    faults.push(...bounds);
    if (bounds.length === 0)
      faults.push(...startFaults({ ...parts, budget: stated }, withinKnownBounds(goals, space), at));
  }
  const told = faults.map((fault) => withLine(withPoints(fault, source.commas), source, options.overrides));
  const all = [...source.faults, ...told].sort(byLine);
  if (all.length > 0) throw new InvalidInputError(file, distinct(all));
  for (const { at, given, meant } of source.commas.filter(({ isSorted }) => !isSorted))
    options.onNote?.(
      `${file}, line ${source.lineOf(at)}, ${formatPath(at)}: ${given} is read as numbers parted by commas; with decimal commas, write points: ${meant.join(' or ')}`,
    );
  for (const note of fidelities.notes) options.onNote?.(note);
  const parsed = campaignSchema.parse(document);
  const spec = {
    ...parsed,
    ...(lab === null ? {} : { lab: { name: lab.spec.name } }),
    adapters: modules.files,
    fidelities: parsed.fidelities.map((fidelity, i) => {
      const exclusive = fidelity.exclusive ?? fidelities.exclusive[i] ?? null;
      const adapter = isOfLab(fidelity) ? byLab : fidelity.adapter;
      return { ...fidelity, adapter, settings: fidelities.settings[i]!, ...(exclusive === null ? {} : { exclusive }) };
    }),
  } as CampaignSpec;
  const note = exclusiveNote(spec);
  if (note !== null) options.onNote?.(note);
  return {
    id: options.id ?? spec.name,
    spec,
    space: {
      ...space!,
      ...sources,
      ...(codes.length === 0 ? {} : { codes }),
    },
    ...(lab === null ? {} : { lab: lab.spec }),
  };
}

/** Whether the file leaves the surrogate to Athanor, so that what encoders tell is of use. */
function choosesItself(document: Record<string, unknown>): boolean {
  const [surrogate, acquisition] = ['surrogate', 'acquisition'].map((key) => valueAt(document, ['strategy', key]));
  return surrogate === undefined && acquisition !== 'random';
}

function overridden(root: Record<string, unknown>, overrides: CampaignOverrides): Record<string, unknown> {
  const document = { ...root };
  const { seed, parallel, budget, initial, strategy: named } = overrides;
  if (seed !== undefined) document.seed = seed;
  if (parallel !== undefined) document.parallel = parallel;
  if (budget !== undefined) document.budget = budget;
  if (named !== undefined) {
    const own = valueAt(document, ['strategy', 'initial']);
    const strategy = { ...named, ...(own === undefined ? {} : { initial: own }) };
    document.strategy = Object.keys(strategy).length === 0 ? 'default' : strategy;
    if (named.acquisition === 'random') withoutModel(document);
  }
  if (initial !== undefined) {
    const given = document.strategy;
    const strategy = typeof given === 'object' && given !== null ? (given as Record<string, unknown>) : {};
    document.strategy = {
      ...strategy,
      initial: { ...(valueAt(strategy, ['initial']) as object | undefined), ...initial },
    };
  }
  return document;
}

/** Designs to run first name their molecules as the space does. */
async function respellInitial(document: Record<string, unknown>, parameters: Space['parameters']): Promise<void> {
  const given = valueAt(document, ['strategy', 'initial', 'designs']);
  if (given === undefined) return;
  const strategy = document.strategy as { readonly initial: object };
  const designs = await respelledDesigns(given, parameters);
  document.strategy = { ...strategy, initial: { ...strategy.initial, designs } };
}

function idFaults(id: string | undefined): PlacedFault[] {
  if (id === undefined || idSchema.safeParse(id).success) return [];
  return [placed([], `'${id}' cannot be the id of a campaign`, idSchema.safeParse(id).error!.issues[0]!.message)];
}

/** Leaves out earlier campaigns and stop rules that only a model could follow. */
function withoutModel(document: Record<string, unknown>): void {
  delete document.transfer;
  if (Array.isArray(document.stop))
    document.stop = document.stop.filter((rule: unknown) => valueAt(rule, ['type']) !== 'regretBound');
}

/** Says how to write what commas have parted. */
function withPoints(fault: PlacedFault, commas: readonly CommaReading[]): PlacedFault {
  const reading = commas.find(({ at }) => at.every((segment, i) => String(fault.at[i]) === String(segment)));
  return reading === undefined ? fault : { ...fault, remedy: `${pointsText(reading)}; ${fault.remedy}` };
}

/** What a command sets has no line in the file. */
function withLine({ at, ...fault }: PlacedFault, source: SourceDocument, overrides: CampaignOverrides = {}): Fault {
  const set =
    at[0] === 'strategy' ? (overrides.strategy ?? overrides.initial) : overrides[at[0] as keyof CampaignOverrides];
  const line = set === undefined ? source.lineOf(at) : undefined;
  return line === undefined ? fault : { ...fault, line };
}

function byLine(a: Fault, b: Fault): number {
  return (a.line ?? 0) - (b.line ?? 0);
}

function distinct(faults: readonly Fault[]): Fault[] {
  const seen = new Set<string>();
  return faults.filter((fault) => {
    const text = JSON.stringify(fault);
    return !seen.has(text) && seen.add(text);
  });
}
