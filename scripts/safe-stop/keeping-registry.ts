import path from 'node:path';
import type { Adapter } from '../../lab-adapters/contract.js';
import type { AdapterRegistry } from '../../lab-adapters/registry.js';
import { keepInstrument } from './kept-instruments.js';

type Registry = Pick<AdapterRegistry, 'create' | 'get'>;

/**
 * A registry that keeps each instrument whose adapter is made, so that it can be stopped without any server. Those that run in this
 * process on its clock are left out: there is nothing outside to stop, and what runs ends with the process.
 *
 * @param modules - absolute files that bring adapters
 * @param onKept - told when an instrument was kept that was not before
 */
export function keepingRegistry(
  registry: Registry,
  {
    jobs,
    modules,
    log,
    onKept,
  }: {
    readonly jobs: string;
    readonly modules: readonly string[];
    readonly log: (line: string) => void;
    readonly onKept: () => void;
  },
): Registry {
  return {
    get: (name) => registry.get(name),
    create: (name, settings, context): Adapter => {
      const adapter = registry.create(name, settings, context);
      const { folder } = context;
      if (folder === '' || adapter.traits.virtualTime) return adapter;
      const id = idOf(jobs, folder);
      try {
        const kept = {
          id,
          adapter: name,
          settings: settings as Record<string, unknown>,
          modules: [...modules],
          folder,
        };
        if (keepInstrument(jobs, kept)) onKept();
      } catch (error) {
        log(
          `${id} is not kept for a safe stop, which then goes through this worker's successors only: ${(error as Error).message}`,
        );
      }
      return adapter;
    },
  };
}

/** The instrument's name in the ledger, which its folder has; of a folder that an earlier version made, its place. */
function idOf(jobs: string, folder: string): string {
  const name = path.relative(path.join(jobs, 'instruments'), folder);
  return name.includes(path.sep) ? path.relative(jobs, folder) : decodeURIComponent(name);
}
