import { existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { AdapterError } from '../models/domain/errors.js';
import { faultText } from '../models/domain/fault.js';
import { parsedJson } from '../models/domain/parsed-json.js';
import { decodeDocument } from '../models/table/decode-document.js';
import { checkedType, inWords } from './checked-type.js';
import type { AdapterType } from './contract.js';

/** Milliseconds after which a module that has not been loaded is given up. */
const loadTimeoutMs = 30_000;
/** A package's description is no longer, bytes. */
const manifestLimit = 2 ** 20;

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
    if (isFile(file)) return file;
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
    const { adapters } = await imported(file);
    const wrong = new AdapterError(
      `${file} must export 'adapters', an array of adapter types (name, settings, create)`,
    );
    if (!Array.isArray(adapters)) throw wrong;
    for (const adapter of adapters as readonly unknown[]) {
      const type = checkedType(adapter, file);
      if (type === null) throw wrong;
      types.push(type);
    }
  }
  return types;
}

/** What a module exports; one that waits for ever while it is loaded is given up. */
async function imported(file: string): Promise<{ readonly adapters?: unknown }> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_, reject) => {
    const late = new AdapterError(`cannot load ${file}: not done within ${loadTimeoutMs / 1000} s`);
    timer = setTimeout(() => reject(late), loadTimeoutMs);
  });
  try {
    return await Promise.race([import(pathToFileURL(file).href), silence]);
  } catch (cause) {
    throw inWords(`cannot load ${file}`, cause);
  } finally {
    clearTimeout(timer);
  }
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    // Whatever the system says of it, it is no file that can be loaded.
    return false;
  }
}

/** Entry of a package that can be imported only, which `require` does not find. */
function importEntry(name: string, baseDir: string): string | null {
  for (let folder = resolve(baseDir); ; folder = dirname(folder)) {
    const root = join(folder, 'node_modules', name);
    const manifest = join(root, 'package.json');
    if (existsSync(manifest)) {
      const { exports, main } = readManifest(manifest);
      const whole = typeof exports === 'object' && exports !== null ? exports : {};
      const entry = conditional('.' in whole ? whole['.'] : exports) ?? main ?? 'index.js';
      return isFile(join(root, entry)) ? join(root, entry) : null;
    }
    if (folder === dirname(folder)) return null;
  }
}

const manifestSchema = z.object({ exports: z.unknown(), main: z.string().optional() });

function readManifest(file: string): { readonly exports?: unknown; readonly main?: string | undefined } {
  try {
    const { size } = statSync(file);
    if (!isFile(file) || size > manifestLimit) throw new Error(`no file of at most ${manifestLimit} bytes`);
    const text = decodeDocument(readFileSync(file));
    if (typeof text !== 'string') throw new Error(`${faultText(text)}; ${text.remedy}`);
    return manifestSchema.parse(parsedJson(text));
  } catch (cause) {
    const why = cause instanceof z.ZodError ? 'an object is wanted, and a text as its main' : (cause as Error).message;
    throw new AdapterError(`${file} is not the description of a package: ${why}`, { cause });
  }
}

function conditional(target: unknown): string | null {
  if (typeof target === 'string') return target;
  if (typeof target !== 'object' || target === null) return null;
  const conditions = target as Record<string, unknown>;
  return conditional(conditions.node ?? conditions.import ?? conditions.default ?? null);
}
