import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { z } from 'zod';
import { cleanText } from '../../models/domain/clean-text.js';
import { AdapterError } from '../../models/domain/errors.js';
import { faultText, formatPath } from '../../models/domain/fault.js';
import { parsedJson } from '../../models/domain/parsed-json.js';
import { decodeDocument } from '../../models/table/decode-document.js';
import { folderError, makeFolder, readIfPresent, writeWhole } from '../internal/files.js';
import { readRegularFile } from '../table-file.js';
import type { Geometry } from './geometry.js';
import { geometrySchema } from './geometry.js';
import type { Graph } from './molecule.js';

/**
 * Start geometries that are known already: those of a file that came with the campaign, and those computed here before.
 * A geometry is a function of the molecule alone, so it does not matter which of the two it comes from.
 */
export class GeometryStore {
  readonly #folder: string;
  readonly #file: string | undefined;
  #shipped: Promise<ReadonlyMap<string, Geometry>> | undefined;

  /** @param file - geometries one JSON object a line; read on first use */
  constructor(folder: string, file: string | undefined) {
    this.#folder = join(folder, 'geometries');
    this.#file = file;
  }

  /**
   * The start geometry of a molecule, or null if it must be computed.
   * @throws {AdapterError} if the one on file has other atoms or bonds than the molecule, or cannot be read
   */
  async find(graph: Graph): Promise<Geometry | null> {
    this.#shipped ??= this.#file === undefined ? Promise.resolve(new Map()) : readGeometries(this.#file);
    const shipped = (await this.#shipped).get(graph.idcode);
    const text = shipped === undefined ? await readIfPresent(this.#path(graph.idcode)) : null;
    const geometry = shipped ?? (text === null ? null : parseGeometry(text, this.#path(graph.idcode)));
    if (geometry === null) return null;
    const fits =
      geometry.elements.join() === graph.elements.join() &&
      JSON.stringify(geometry.bonds) === JSON.stringify(graph.bonds);
    if (!fits)
      throw new AdapterError(
        `the start geometry of '${graph.idcode}' in ${shipped === undefined ? this.#folder : this.#file} has other atoms or bonds than the molecule; remove it, and it is computed anew`,
      );
    return geometry;
  }

  /** Keeps a geometry that was computed. */
  async keep(geometry: Geometry): Promise<void> {
    try {
      await makeFolder(this.#folder);
      await writeWhole(this.#path(geometry.idcode), JSON.stringify(geometry));
    } catch (error) {
      throw folderError('keep a start geometry', this.#folder, error);
    }
  }

  #path(idcode: string): string {
    return join(this.#folder, `${createHash('sha256').update(idcode).digest('hex').slice(0, 32)}.json`);
  }
}

/** A file of start geometries is no longer, bytes: tens of thousands of molecules. */
const mostBytes = 64 * 2 ** 20;
/** Lines that are read at once: the event loop has its turn in between. */
const linesAtOnce = 100;

/**
 * Reads a file of start geometries, one JSON object a line, by canonical code.
 * @throws {AdapterError} naming the line if one is not a geometry
 */
export async function readGeometries(file: string): Promise<ReadonlyMap<string, Geometry>> {
  const bytes = await readRegularFile(file, mostBytes);
  if (!(bytes instanceof Uint8Array))
    throw new AdapterError(`cannot read the start geometries in ${file}: ${bytes.message}; ${bytes.remedy}`);
  const text = decodeDocument(bytes);
  if (typeof text !== 'string')
    throw new AdapterError(`cannot read the start geometries in ${file}: ${faultText(text)}; ${text.remedy}`);
  const geometries = new Map<string, Geometry>();
  for (const [i, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const geometry = parseGeometry(line, `${file}, line ${i + 1}`);
    geometries.set(geometry.idcode, geometry);
    if (i % linesAtOnce === linesAtOnce - 1) await turn();
  }
  return geometries;
}

function parseGeometry(text: string, place: string): Geometry {
  try {
    const geometry = geometrySchema.parse(parsedJson(text));
    if (geometry.positions.length === geometry.elements.length) return geometry;
    throw new Error(`${geometry.elements.length} elements but ${geometry.positions.length} positions`);
  } catch (error) {
    const why = error instanceof z.ZodError ? firstIssue(error) : (error as Error).message;
    throw new AdapterError(`${place} holds no start geometry: ${cleanText(why, 300)}`);
  }
}

function firstIssue({ issues }: z.ZodError): string {
  const [{ path, message }] = issues as [z.core.$ZodIssue];
  return `${formatPath(path)}: ${message}`;
}
