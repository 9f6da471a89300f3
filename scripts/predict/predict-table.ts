import { setImmediate as turn } from 'node:timers/promises';
import { InvalidInputError } from '../../models/domain/errors.js';
import type { Fault } from '../../models/domain/fault.js';
import { typeOf } from '../../models/domain/parameters/parameter.js';
import { encodeMolecules } from '../../models/encode/encodings.js';
import { loadMolecules } from '../../models/encode/molecules.js';
import { grownRecord } from '../../models/strategy/growth.js';
import { type PredictedProperty, Predictor } from '../../models/strategy/predict/predictor.js';
import type { Learned, Property } from '../../models/strategy/predict/property.js';
import type { Dialect, Table } from '../../models/table/table.js';
import { readConfig } from '../config.js';
import type { CodeShare } from '../models/code-cache.js';
import { type Column, knownTexts } from '../suggest/columns.js';
import { readHeader } from '../suggest/header.js';
import { knownNames } from '../suggest/results-table.js';
import { DesignReader, type DesignRow } from './design-row.js';
import { openLongTable } from './long-table.js';
import { StrangerCodes } from './stranger-codes.js';

/** Rows that are read and predicted together; fewer where each may hold a molecule that is to be encoded first. */
const [rowsAtOnce, moleculesAtOnce] = [2048, 256];

/** How a table of designs is predicted. */
export interface PredictTableOptions {
  /** Probability of intervals; 0.9 where absent. */
  readonly interval?: number;
  /** Columns to pass over, beside those under `ignore` in the campaign file. */
  readonly ignored?: readonly string[];
  /** Campaign home, where the models of encoders are; that of the environment where absent. */
  readonly home?: string;
  /** Where what models gave is kept for other homes, too; nowhere else where absent or null. */
  readonly share?: CodeShare | null;
  /** Told what people should know, a line each. */
  readonly onNote?: (line: string) => void;
}

/** A row of the table with what is predicted of it. */
export interface PredictedRow extends DesignRow {
  /** As they stand in the file. */
  readonly cells: readonly string[];
  /** One for each property; null where the row has faults. */
  readonly predicted: readonly PredictedProperty[] | null;
}

/** A table of designs that is being predicted. */
export interface TablePredictions {
  readonly properties: readonly Property[];
  readonly columns: readonly Column[];
  readonly dialect: Dialect;
  /** Rows that there are. */
  readonly length: number;
  /** The rows in the order of the file, some at a time; to be asked for once. */
  blocks(): AsyncIterable<readonly PredictedRow[]>;
}

/**
 * Predicts every design of a table, CSV or .xlsx, by what a campaign has learned: a row that cannot be predicted comes with its faults,
 * and nothing is left out. The table is read, and faults of its form are looked for, before anything is fitted; memory does not grow
 * with its length where it can be read in pieces (see `openLongTable`).
 *
 * @throws {InvalidInputError} if the file is no such table, with every fault
 * @throws {InfeasibleError} if nothing was measured
 */
export async function predictTable(
  learned: Learned,
  file: string,
  options: PredictTableOptions = {},
): Promise<TablePredictions> {
  const { ignored = [], onNote = () => {}, interval } = options;
  const given = learned.campaign;
  const table = await openLongTable(file, { known: knownNames(given, ignored), texts: knownTexts(given) });
  if (table.columns.length === 0)
    throw new InvalidInputError(file, [
      { path: '', message: 'no header', remedy: `begin with a header of ${knownNames(given, []).join(', ')}`, line: 1 },
    ]);
  const { columns, faults, notes } = readHeader(given, table.columns, ignored, 'designs');
  if (faults.length > 0) throw new InvalidInputError(file, faults);
  for (const note of [...notes, ...table.notes]) onNote(`${file}: ${note}`);
  const home = options.home ?? readConfig(process.env).home;
  const { campaign } = await grownRecord(learned);
  const coders = await StrangerCodes.open(campaign.space.codes ?? [], home, onNote, options.share);
  const predictor = await Predictor.of(learned, {
    ...(interval === undefined ? {} : { interval }),
    codes: (asked) => coders.of(asked),
  });
  const reader = new DesignReader(predictor.campaign, columns, predictor.parameters);
  const hasMolecules = given.space.parameters.some(({ type }) => type === 'substance');
  const { dialect, length } = table;
  return {
    properties: predictor.properties,
    ...{ columns, dialect, length },
    async *blocks() {
      try {
        for await (const part of table.parts(hasMolecules ? moleculesAtOnce : rowsAtOnce)) {
          yield await predicted(predictor, reader, part);
          // Whoever interrupts is to be heard.
          await turn();
        }
      } finally {
        await coders.close();
        const [first] = reader.respelled;
        const count = reader.respelled.size;
        if (first !== undefined)
          onNote(
            `${file}: ${count} molecule${count === 1 ? '' : 's'} in another spelling, such as '${first[0]}' for '${first[1]}'`,
          );
      }
    },
  };
}

async function predicted(predictor: Predictor, reader: DesignReader, part: Table): Promise<readonly PredictedRow[]> {
  const rows = await withReadable(predictor, reader, await reader.rows(part));
  const columns = part.columns.map((_, place) => part.cellsAt(place));
  const places = rows.flatMap(({ place }) => (place === null ? [] : [place]));
  const found = await predictor.predict(places);
  let next = 0;
  return rows.map((row, i) => ({
    ...row,
    cells: columns.map((column) => column[i]!),
    predicted: row.place === null ? null : found[next++]!,
  }));
}

/** The rows, of which those with molecules that RDKit cannot read have faults. */
async function withReadable(
  { campaign }: Predictor,
  reader: DesignReader,
  rows: readonly DesignRow[],
): Promise<readonly DesignRow[]> {
  const substances = campaign.space.parameters.filter(({ type }) => type === 'substance');
  const smilesIn = ({ place, outside }: DesignRow) =>
    place === null || outside === null
      ? []
      : substances.map((parameter) => {
          const feature = typeOf(parameter).feature(parameter, place.design[parameter.name]!);
          return { name: parameter.name, smiles: feature.kind === 'substance' ? feature.smiles : '' };
        });
  const encodings = await encodeMolecules(new Set(rows.flatMap((row) => smilesIn(row).map(({ smiles }) => smiles))));
  const unread = new Map<string, string>();
  for (const [smiles, encoding] of encodings) if (encoding === null) unread.set(smiles, await whyNot(smiles));
  if (unread.size === 0) return rows;
  return rows.map((row) => {
    const faults = smilesIn(row).flatMap(({ name, smiles }): Fault[] => {
      const message = unread.get(smiles);
      const remedy = 'the SMILES of a molecule, or one of the space';
      return message === undefined ? [] : [{ path: reader.headerOf(name), message, remedy, line: row.line }];
    });
    return faults.length === 0 ? row : { ...row, place: null, outside: null, faults };
  });
}

async function whyNot(smiles: string): Promise<string> {
  return (await loadMolecules()).encode(smiles).then(
    () => `'${smiles}' cannot be encoded`,
    (error: Error) => error.message,
  );
}
