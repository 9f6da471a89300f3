import { loadAdapterModules } from '../lab-adapters/modules.js';
import type { AdapterRegistry } from '../lab-adapters/registry.js';
import { createRegistry } from '../lab-adapters/registry.js';

/**
 * The adapters that a campaign or lab may name: those built in and those of the modules it brings, whose files a loaded one
 * holds as absolute paths.
 *
 * @throws {AdapterError} if a module cannot be found or loaded
 */
export async function registryFor(spec: { readonly adapters: readonly string[] }): Promise<AdapterRegistry> {
  return createRegistry().with(await loadAdapterModules(spec.adapters, '/'));
}
