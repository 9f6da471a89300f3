import { dirname, resolve } from 'node:path';
import type { AdapterRegistry } from '../lab-adapters/registry.js';
import { createRegistry } from '../lab-adapters/registry.js';
import { AthanorError, InvalidInputError } from '../models/domain/errors.js';
import type { Fault } from '../models/domain/fault.js';
import { byPerson } from '../models/domain/fidelity.js';
import { type LabSpec, labSchema } from '../models/domain/lab.js';
import { readBounded, readingFaults } from './bounded-file.js';
import { withModules } from './campaign-file/adapter-modules.js';
import { absoluteSettings, settingsFaults } from './campaign-file/adapter-settings.js';
import { readDocument, valueAt } from './campaign-file/document.js';
import { madeAdapter } from './campaign-file/made-adapter.js';
import { oneOf } from './campaign-file/nearest.js';
import { handFaults, unknownFieldUnits } from './campaign-file/people.js';
import type { PlacedFault } from './campaign-file/schema-faults.js';
import { placed, schemaFaults, show } from './campaign-file/schema-faults.js';

/** What may be set besides the file. */
export interface LabOptions {
  /** Adapters known before the file's own are added; the built-in ones where absent. */
  readonly registry?: AdapterRegistry;
  /** As for campaign files: how far what the file names is run to check it. */
  readonly adapters?: 'checked' | 'read' | 'unchecked';
  /** Told what people should know, a line each. */
  readonly onNote?: (line: string) => void;
}

/** A lab file that has no fault. */
export interface LoadedLab {
  /** Paths of settings and modules are absolute. */
  readonly spec: LabSpec;
  /** The adapters that it may name; null where they were not to be looked at. */
  readonly registry: AdapterRegistry | null;
}

/**
 * A lab from its file, YAML or JSON. Changes nothing.
 *
 * @throws {InvalidInputError} with every fault found, each with its line
 */
export async function loadLab(path: string, options: LabOptions = {}): Promise<LoadedLab> {
  const file = resolve(path);
  const text = await readBounded(file).catch((cause: Error) => {
    throw new InvalidInputError(path, readingFaults(cause, 'give a lab file'));
  });
  const source = readDocument(text);
  const root = source.value;
  if (typeof root !== 'object' || root === null || Array.isArray(root)) {
    const message = root == null ? 'the file is empty' : `${show(root)} is not a lab`;
    const fault = { path: '', message, remedy: 'a mapping with name and instruments' };
    throw new InvalidInputError(path, source.faults.length > 0 ? source.faults : [fault]);
  }
  const document = root as Record<string, unknown>;
  if (document.instruments === undefined && document.objectives !== undefined) {
    const remedy = "give the lab file, which the campaign names under 'lab'; campaigns: athanor validate";
    throw new InvalidInputError(path, [{ path: '', message: 'this is a campaign file, not a lab file', remedy }]);
  }
  const baseDir = dirname(file);
  const mayRun = (options.adapters ?? 'checked') === 'checked';
  const faults: PlacedFault[] = schemaFaults(labSchema, document);
  const known = options.registry ?? createRegistry();
  const modules =
    options.adapters === 'unchecked' ? null : await withModules(known, document, { baseDir, mayRun }, faults);
  if (modules?.registry.has(byPerson) && !known.has(byPerson)) {
    const message = `a module brings an adapter '${byPerson}', which is the word for what people measure`;
    faults.push(placed(['adapters'], message, 'give the adapter of the module another name'));
  }
  const settings = new Map<string, Record<string, unknown>>();
  if (modules !== null)
    for (const name of Object.keys(mapping(document.instruments))) {
      const checked = await checkInstrument(document, name, { ...modules, baseDir, mayRun, onNote: options.onNote });
      faults.push(...checked.faults);
      settings.set(name, checked.settings);
    }
  faults.push(...crossFaults(document));
  const all = [
    ...source.faults,
    ...faults.map(({ at, ...fault }): Fault => {
      const line = source.lineOf(at);
      return line === undefined ? fault : { ...fault, line };
    }),
  ].sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
  if (all.length > 0) throw new InvalidInputError(path, all);
  const parsed = labSchema.parse(document);
  const instruments = Object.fromEntries(
    Object.entries(parsed.instruments).map(([name, instrument]) => [
      name,
      { ...instrument, settings: settings.get(name) ?? instrument.settings },
    ]),
  );
  return {
    spec: { ...parsed, adapters: [...(modules?.files ?? parsed.adapters)], instruments },
    registry: modules?.registry ?? null,
  };
}

interface Surroundings {
  readonly registry: AdapterRegistry;
  readonly whole: boolean;
  readonly baseDir: string;
  readonly mayRun: boolean;
  readonly onNote: ((line: string) => void) | undefined;
}

/** The adapter of one instrument, and what it has against its settings. */
async function checkInstrument(
  document: unknown,
  name: string,
  { registry, whole, baseDir, mayRun, onNote }: Surroundings,
): Promise<{ readonly settings: Record<string, unknown>; readonly faults: readonly PlacedFault[] }> {
  const at = ['instruments', name];
  const adapter = valueAt(document, [...at, 'adapter']);
  const given = mapping(valueAt(document, [...at, 'settings']));
  if (typeof adapter !== 'string' || adapter === '') return { settings: given, faults: [] };
  if (adapter === byPerson) {
    const worker = valueAt(document, [...at, 'worker']);
    for (const line of await unknownFieldUnits(given)) onNote?.(`'${name}': ${line}`);
    return { settings: given, faults: await handFaults({ settings: given, worker }, at) };
  }
  if (!registry.has(adapter)) {
    const fault = placed([...at, 'adapter'], `no adapter '${adapter}'`, oneOf(adapter, [...registry.names, byPerson]));
    return { settings: given, faults: whole ? [fault] : [] };
  }
  const type = registry.get(adapter);
  const settings = absoluteSettings(type, given, baseDir);
  const broken = (message: string) => [placed([...at, 'adapter'], message, 'mend the module, or ask who wrote it')];
  try {
    const faults = await settingsFaults(type, settings, [...at, 'settings'], { scope: undefined, mayRun });
    if (faults.length > 0 || !mayRun) return { settings, faults };
    const { fault, trouble } = await madeAdapter(registry, adapter, settings);
    if (trouble !== null) onNote?.(`'${name}': ${trouble}; its trials wait for a worker that can make the adapter`);
    return { settings, faults: fault === null ? [] : broken(fault) };
  } catch (error) {
    // An adapter of somebody else's that breaks down while it is asked.
    if (!(error instanceof AthanorError)) throw error;
    return { settings, faults: broken(error.message) };
  }
}

/** Faults that show only when parts of the file are seen together. */
function crossFaults(document: unknown): readonly PlacedFault[] {
  const instruments = Object.keys(mapping(valueAt(document, ['instruments'])));
  const positions = Object.keys(mapping(valueAt(document, ['positions'])));
  const places = [...new Set([...instruments, ...positions])];
  const faults = positions
    .filter((name) => instruments.includes(name))
    .map((name) => placed(['positions', name], `'${name}' is also an instrument`, 'give it another name'));
  for (const name of instruments) {
    const can = valueAt(document, ['instruments', name, 'can']);
    if (!Array.isArray(can)) continue;
    can.forEach((word: unknown, i) => {
      if (instruments.includes(String(word)))
        faults.push(
          placed(
            ['instruments', name, 'can', i],
            `'${word}' is the name of an instrument`,
            'give what it can do another name',
          ),
        );
    });
  }
  const stocks = Object.keys(mapping(valueAt(document, ['stock'])));
  for (const name of instruments)
    for (const used of Object.keys(mapping(valueAt(document, ['instruments', name, 'uses']))))
      if (!stocks.includes(used))
        faults.push(
          placed(
            ['instruments', name, 'uses', used],
            `no stock '${used}'`,
            stocks.length === 0 ? "list it under 'stock'" : oneOf(used, stocks),
          ),
        );
  for (const [name, stock] of Object.entries(mapping(valueAt(document, ['stock'])))) {
    const place = valueAt(stock, ['at']);
    if (typeof place === 'string' && !places.includes(place))
      faults.push(placed(['stock', name, 'at'], `no instrument or position '${place}'`, oneOf(place, places)));
  }
  return faults;
}

function mapping(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}
