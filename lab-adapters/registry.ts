import { ContractError, InvalidInputError } from '../models/domain/errors.js';
import { formatPath } from '../models/domain/fault.js';
import { bluesky } from './bluesky/index.js';
import { checkedAdapter } from './checked-adapter.js';
import { command } from './command/index.js';
import type { Adapter, AdapterContext, AdapterType } from './contract.js';
import { dataset } from './dataset/index.js';
import { files } from './files/index.js';
import { http } from './http/index.js';
import { lines } from './lines/index.js';
import { madsci } from './madsci/index.js';
import { mqtt } from './mqtt/index.js';
import { opcua } from './opcua/index.js';
import { opentrons } from './opentrons/index.js';
import { problem } from './problem/index.js';
import { sila } from './sila/index.js';
import { slurm } from './slurm/index.js';
import { xtb } from './xtb/index.js';

/** The adapters that come with the project; a new one is one line here. */
export const builtInAdapters: readonly AdapterType[] = [
  problem as AdapterType,
  dataset as AdapterType,
  command as AdapterType,
  slurm as AdapterType,
  bluesky as AdapterType,
  madsci as AdapterType,
  xtb as AdapterType,
  http as AdapterType,
  lines as AdapterType,
  files as AdapterType,
  mqtt as AdapterType,
  sila as AdapterType,
  opcua as AdapterType,
  opentrons as AdapterType,
];

/** Adapter types by name. */
export interface AdapterRegistry {
  readonly names: readonly string[];
  has(name: string): boolean;
  /** @throws {ContractError} if there is none of that name; lists the names there are */
  get(name: string): AdapterType;
  /** A registry that knows these types too. */
  with(types: readonly AdapterType[]): AdapterRegistry;
  /**
   * An adapter of the type `name`, with its settings parsed and its answers checked.
   * @throws {ContractError} if there is no such type
   * @throws {InvalidInputError} if the settings do not fit
   */
  create(name: string, settings: unknown, context: AdapterContext): Adapter;
}

/**
 * A registry of the built-in adapters and of those given.
 * @throws {ContractError} if two types have the same name
 */
export function createRegistry(extra: readonly AdapterType[] = []): AdapterRegistry {
  return registryOf([...builtInAdapters, ...extra]);
}

function registryOf(types: readonly AdapterType[]): AdapterRegistry {
  const byName = new Map<string, AdapterType>();
  for (const type of types) {
    const before = byName.get(type.name);
    if (before !== undefined && before !== type)
      throw new ContractError(`two adapters are named '${type.name}'; rename the one that is not built in`);
    byName.set(type.name, type);
  }
  const names = [...byName.keys()];
  const get = (name: string) => {
    const type = byName.get(name);
    if (type === undefined) throw new ContractError(`no adapter '${name}'; there are ${names.join(', ')}`);
    return type;
  };
  return {
    names,
    has: (name) => byName.has(name),
    get,
    with: (further) => registryOf([...byName.values(), ...further]),
    create: (name, settings, context) => {
      const type = get(name);
      const parsed = type.settings.safeParse(settings);
      if (parsed.success) return checkedAdapter(name, type.create(parsed.data, context));
      const faults = parsed.error.issues.map((issue) => ({
        path: formatPath(['settings', ...issue.path]),
        message: issue.message,
        remedy: `see the settings of adapter ${name}`,
      }));
      throw new InvalidInputError(`settings of adapter ${name}`, faults);
    },
  };
}
