import { resolve } from 'node:path';
import type { Design, ParameterValue } from '../../models/domain/design.js';
import { numberIn } from '../../models/domain/parameters/numbers.js';
import { type Parameter, typeOf } from '../../models/domain/parameters/parameter.js';
import { type Source, type SourceSpec, sourceRows } from '../../models/domain/source.js';
import { rowsById, type Space } from '../../models/domain/space.js';
import { readTable, type Table } from './csv.js';
import { oneOf } from './nearest.js';
import type { CampaignParts } from './parts.js';
import { type PlacedFault, placed, show } from './schema-faults.js';
import { repeatedNames } from './space.js';

/** Faults of the cells of one file that are told; what more there are is counted. */
const toldFaults = 5;

/** How far outside the range of a parameter numbers are taken, in widths of the range. */
const farOutside = 1;

/**
 * Reads the results of the earlier campaigns that a file names under `transfer`.
 *
 * Columns are those of `athanor suggest` (the parameters by name, the objective, `outcome` or `status`, `fidelity`) or of
 * `athanor export` (`design.NAME`, `value.NAME`); others are passed over. Rows without a measured value are too. A row is
 * left out, and counted, where it is no design of the space: names that the space does not have, or numbers more than a
 * width of the range outside it. Other numbers may lie outside the bounds, or between the values of a list.
 */
export async function resolveSources(
  { transfer, objectives, pool }: CampaignParts,
  space: Space | null,
  baseDir: string,
): Promise<{ sources: readonly Source[]; faults: readonly PlacedFault[] }> {
  const faults = repeatedNames(transfer, (i) => ['transfer', i, 'name']);
  const sources: Source[] = [];
  for (const [i, spec] of transfer.entries()) {
    const at = ['transfer', i];
    if (spec === undefined) continue;
    const unknown = Object.keys(spec.defaults ?? {}).filter(
      (name) => space !== null && !space.parameters.some((parameter) => parameter.name === name),
    );
    for (const name of unknown) {
      const known = space!.parameters.map((parameter) => parameter.name);
      faults.push(placed([...at, 'defaults', name], `no parameter '${name}'`, oneOf(name, known)));
    }
    const table = await readTable(resolve(baseDir, spec.results));
    if (typeof table === 'string')
      faults.push(placed([...at, 'results'], table, 'give a CSV file with a header, relative to the campaign file'));
    const objective = spec.objective ?? objectives[0]?.name;
    if (typeof table === 'string' || space === null || objective === undefined || unknown.length > 0) continue;
    const reader = new SourceReader(spec, table, space, { at, objective, pool });
    const source = reader.read();
    faults.push(...reader.faults);
    if (reader.faults.length === 0) sources.push(source);
  }
  return { sources, faults };
}

/** Reads the table of one earlier campaign; `faults` is empty if it could be read. */
class SourceReader {
  readonly faults: PlacedFault[] = [];

  constructor(
    private readonly spec: SourceSpec,
    private readonly table: Table,
    private readonly space: Space,
    private readonly context: {
      readonly at: readonly PropertyKey[];
      readonly objective: string;
      readonly pool: CampaignParts['pool'];
    },
  ) {}

  read(): Source {
    const { name } = this.spec;
    const values = this.values();
    const rows = this.measuredRows(values);
    const designs = this.designs();
    const source = { name, designs: [] as Design[], values: [] as number[], leftOut: 0 };
    if (this.faults.length > 0) return source;
    const wrong: string[] = [];
    for (const row of rows) {
      const value = numberIn(values[row]!.trim());
      const design = designs(row);
      if (typeof value !== 'number' || !Number.isFinite(value))
        wrong.push(`row ${row + 1}: ${this.context.objective} is '${values[row]}', a number is wanted`);
      else if (typeof design === 'string') wrong.push(`row ${row + 1}: ${design}`);
      else if (design === null) source.leftOut += 1;
      else {
        source.designs.push(design);
        source.values.push(value);
      }
    }
    for (const [i, message] of wrong.slice(0, toldFaults).entries()) {
      const more = i === toldFaults - 1 && wrong.length > toldFaults ? `; and ${wrong.length - toldFaults} more` : '';
      this.fail('results', `${this.spec.results}, ${message}${more}`, 'correct the row, or leave it out of the file');
    }
    if (wrong.length === 0) this.checkSize(source);
    return source;
  }

  private checkSize({ values, leftOut }: Source): void {
    const { least, most } = sourceRows;
    const { results } = this.spec;
    if (values.length > most)
      this.fail(
        'results',
        `${results} has ${values.length} measured rows of the space`,
        `at most ${most}: leave some out`,
      );
    if (values.length >= least) return;
    const others = leftOut === 0 ? '' : `; ${leftOut} more are no designs of the space`;
    const message = `${results} has ${values.length} measured row${values.length === 1 ? '' : 's'} of the space${others}`;
    this.fail('results', message, `at least ${least}, or leave the earlier campaign out`);
  }

  /** Cells of the measured values. */
  private values(): readonly string[] {
    const { objective } = this.context;
    const column = this.column(objective, `value.${objective}`);
    if (column !== null) return this.table.cells(column);
    const place = this.spec.objective === undefined ? 'results' : 'objective';
    const remedy = `${oneOf(objective, this.table.columns)}, under 'objective'`;
    this.fail(place, `no column '${objective}' in ${this.spec.results}`, remedy);
    return [];
  }

  /** Rows that were measured, at the fidelity that is wanted. */
  private measuredRows(values: readonly string[]): number[] {
    const outcome = this.column('outcome', 'status');
    const outcomes = outcome === null ? null : this.table.cells(outcome);
    const all = [...values.keys()].filter((row) => {
      const told = outcomes?.[row]?.trim() ?? '';
      return told === 'measured' || (told === '' && values[row]!.trim() !== '');
    });
    const wanted = this.spec.fidelity;
    if (!this.table.columns.includes('fidelity')) {
      if (wanted !== undefined)
        this.fail('fidelity', `no column 'fidelity' in ${this.spec.results}`, "leave 'fidelity' out");
      return all;
    }
    const cells = this.table.cells('fidelity').map((cell) => cell.trim());
    const there = [...new Set(all.map((row) => cells[row]!))].sort();
    if (wanted === undefined) {
      if (there.length > 1)
        this.fail(
          'results',
          `${this.spec.results} has several fidelities: ${there.join(', ')}`,
          "name one under 'fidelity'; list the file once more for another",
        );
      return all;
    }
    if (there.length > 0 && !there.includes(wanted))
      this.fail('fidelity', `no measured row at '${wanted}' in ${this.spec.results}`, oneOf(wanted, there));
    return all.filter((row) => cells[row] === wanted);
  }

  /** Reads the design of a row: null where it is none of the space, in words where a cell is wrong. */
  private designs(): (row: number) => Design | string | null {
    const { parameters, pool } = this.space;
    const columns = parameters.map((parameter) => this.parameterCells(parameter));
    const ids = pool === null ? null : this.column(this.context.pool?.id ?? 'row', 'row');
    const cells = ids === null ? null : this.table.cells(ids);
    const missing = parameters.filter(({ name }, p) => columns[p] === null && this.spec.defaults?.[name] === undefined);
    if (cells === null)
      for (const { name } of missing)
        this.fail(
          'results',
          `no column '${name}' in ${this.spec.results}`,
          `give the value that it had under 'defaults', or the column`,
        );
    const rowOf = pool === null || cells === null || missing.length === 0 ? null : rowsById(pool);
    return (row) => {
      if (rowOf !== null) {
        const own = rowOf.get(cells![row]!.trim());
        return own === undefined ? null : pool!.designs.at(own)!;
      }
      const design: Record<string, ParameterValue> = {};
      let isInside = true;
      for (const [p, parameter] of parameters.entries()) {
        const text = columns[p]?.[row]?.trim() ?? '';
        const { name } = parameter;
        const given = text === '' ? this.spec.defaults?.[name] : typeOf(parameter).fromText(parameter, text);
        if (given === undefined) return `no value of '${name}'`;
        const isNumeric =
          typeOf(parameter).feature(parameter, typeOf(parameter).fromUnit(parameter, 0)).kind === 'numeric';
        if (isNumeric && typeof given !== 'number') return `${name} is ${show(given)}, a number is wanted`;
        isInside &&= isNumeric ? isNear(parameter, given) : typeOf(parameter).refuses(parameter, given) === null;
        design[name] = given;
      }
      return isInside ? design : null;
    };
  }

  private parameterCells({ name }: Parameter): readonly string[] | null {
    const own = this.context.pool?.designColumns.find((column) => column.name === name)?.column;
    const column = this.column(name, `design.${name}`, ...(own === undefined ? [] : [own]));
    return column === null ? null : this.table.cells(column);
  }

  /** The first of the names that is a column. */
  private column(...names: readonly string[]): string | null {
    return names.find((name) => this.table.columns.includes(name)) ?? null;
  }

  private fail(key: string, message: string, remedy: string): void {
    this.faults.push(placed([...this.context.at, key], message, remedy));
  }
}

/** Whether a number lies within the range of a parameter, or not far outside. */
function isNear(parameter: Parameter, value: ParameterValue): boolean {
  const feature = typeOf(parameter).feature(parameter, value);
  return feature.kind === 'numeric' && feature.value >= -farOutside && feature.value <= 1 + farOutside;
}
