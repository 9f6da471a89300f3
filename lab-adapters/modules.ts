import { existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { AdapterError } from '../models/domain/errors.js';
import type { AdapterType } from './contract.js';

/**
 * The file that a campaign file means by an entry of `adapters`: a path relative to the campaign file's folder, or a
 * package installed there or in a folder above.
 *
 * @param baseDir - folder of the campaign file
 * @throws {AdapterError} if there is no such file or package; says where it was looked for
 */
export function resolveAdapterModule(specifier: string, baseDir: string): string {
  if (specifier.startsWith('.') || isAbsolute(specifier)) {
    const file = resolve(baseDir, specifier);
    if (existsSync(file) && statSync(file).isFile()) return file;
    throw new AdapterError(`no file ${file}`);
  }
  try {
    return createRequire(join(baseDir, 'campaign')).resolve(specifier);
  } catch (cause) {
    const file = importEntry(specifier, baseDir);
    if (file !== null) return file;
    throw new AdapterError(`no package '${specifier}' is installed in ${baseDir} or a folder above`, { cause });
  }
}

/**
 * Adapter types that third-party modules bring: each module exports `adapters`, an array of them.
 *
 * @param specifiers - package names, or paths relative to `baseDir`
 * @throws {AdapterError} if a module cannot be found or loaded, or exports something else
 */
export async function loadAdapterModules(specifiers: readonly string[], baseDir: string): Promise<AdapterType[]> {
  const types: AdapterType[] = [];
  for (const specifier of specifiers) {
    const file = resolveAdapterModule(specifier, baseDir);
    let module: { readonly adapters?: unknown };
    try {
      module = await import(pathToFileURL(file).href);
    } catch (cause) {
      throw new AdapterError(`cannot load ${file}: ${(cause as Error).message}`, { cause });
    }
    if (!Array.isArray(module.adapters) || !module.adapters.every(isAdapterType))
      throw new AdapterError(`${file} must export 'adapters', an array of adapter types (name, settings, create)`);
    types.push(...module.adapters);
  }
  return types;
}

function isAdapterType(value: unknown): value is AdapterType {
  const type = value as Partial<AdapterType> | null;
  return (
    typeof type?.name === 'string' &&
    typeof type.create === 'function' &&
    typeof type.settings?.safeParse === 'function'
  );
}

/** Entry of a package that can be imported only, which `require` does not find. */
function importEntry(name: string, baseDir: string): string | null {
  for (let folder = resolve(baseDir); ; folder = dirname(folder)) {
    const root = join(folder, 'node_modules', name);
    if (existsSync(join(root, 'package.json'))) {
      const { exports, main } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
      const entry = conditional(exports?.['.'] ?? exports) ?? main ?? 'index.js';
      return existsSync(join(root, entry)) ? join(root, entry) : null;
    }
    if (folder === dirname(folder)) return null;
  }
}

function conditional(target: unknown): string | null {
  if (typeof target === 'string') return target;
  if (typeof target !== 'object' || target === null) return null;
  const conditions = target as Record<string, unknown>;
  return conditional(conditions.node ?? conditions.import ?? conditions.default ?? null);
}
