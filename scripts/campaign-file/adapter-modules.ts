import { loadAdapterModules, resolveAdapterModule } from '../../lab-adapters/modules.js';
import type { AdapterRegistry } from '../../lab-adapters/registry.js';
import { AthanorError } from '../../models/domain/errors.js';
import type { PlacedFault } from './schema-faults.js';
import { placed } from './schema-faults.js';

/** The adapters that a file may name, its own modules' among them. */
export interface LoadedModules {
  readonly registry: AdapterRegistry;
  /** Absolute files of the modules. */
  readonly files: readonly string[];
  /** Whether every module was loaded. */
  readonly whole: boolean;
}

/**
 * The registry with the adapters of the modules that a campaign or lab file brings under `adapters`; where they may not be run
 * they are only looked for.
 */
export async function withModules(
  known: AdapterRegistry,
  document: Readonly<Record<string, unknown>>,
  { baseDir, mayRun }: { readonly baseDir: string; readonly mayRun: boolean },
  faults: PlacedFault[],
): Promise<LoadedModules> {
  const specifiers = Array.isArray(document.adapters) ? (document.adapters as unknown[]) : [];
  const files: string[] = [];
  let registry = known;
  let whole = true;
  for (const [i, specifier] of specifiers.entries()) {
    if (typeof specifier !== 'string' || specifier === '') continue;
    try {
      if (mayRun) registry = registry.with(await loadAdapterModules([specifier], baseDir));
      else whole = false;
      files.push(resolveAdapterModule(specifier, baseDir));
    } catch (cause) {
      if (!(cause instanceof AthanorError)) throw cause;
      whole = false;
      faults.push(placed(['adapters', i], cause.message, 'a package name, or a path relative to this file'));
    }
  }
  return { registry, files, whole };
}
