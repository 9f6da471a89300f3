import type { Design, ParameterValue } from '../../models/domain/design.js';
import { beyond, type Limits, limitsText } from '../../models/domain/limits.js';
import { numberIn, oneOfTexts, whyNoNumber } from '../../models/domain/parameters/numbers.js';
import { isNumeric, type Parameter, typeOf } from '../../models/domain/parameters/parameter.js';
import { unremarked } from '../../models/domain/parameters/remark.js';
import { type Source, type SourceSpec, sourceRows } from '../../models/domain/source.js';
import { rowsById, type Space } from '../../models/domain/space.js';
import type { Table } from '../../models/table/table.js';
import { type Column, type ColumnRole, columnRoles, designColumns, designTexts } from '../suggest/columns.js';
import { headingsMeant } from '../suggest/headings.js';
import { countsText, isSilent, outcomeWords, toldOutcome } from '../suggest/told-outcome.js';
import { oneOf } from './nearest.js';
import type { CampaignParts } from './parts.js';
import { type PlacedFault, placed, show } from './schema-faults.js';
import { defaultFaults } from './source-defaults.js';
import { meantText, type RowDesign, strangeText, whyStrange } from './source-designs.js';
import { besideText, type FurtherMolecules, furtherMolecules } from './source-molecules.js';
import { isText, repeatedNames } from './space.js';
import { respelledMolecules, rowMeant } from './spellings.js';
import { inFile, type Tables } from './tables.js';

/** Faults of the cells of one file that are told; what more there are is counted. */
const toldFaults = 20;

/**
 * Reads the results of the earlier campaigns that a file names under `transfer`.
 *
 * Columns are those of `athanor suggest` (the parameters by name, the objective, `outcome` or `status`, `fidelity`) or of
 * `athanor export` (`design.NAME`, `value.NAME`); others are passed over. So are rows that were not measured: `tables` is
 * told how many, by their outcome, and one that is no known word is a fault. Molecules that the space does not have are taken, in
 * canonical SMILES, and told of. A row is left out, counted, and told of with its line and reason, where it is no design of the space: names that the space does not have, or numbers more than a
 * width of the range outside it. Other numbers may lie outside the bounds, or between the values of a list. A row whose value
 * lies beyond the limits of the entry, else of the objective, is left out; `tables` is told how many, and where.
 */
export async function resolveSources(
  { transfer, objectives, pool }: CampaignParts,
  space: Space | null,
  tables: Tables,
): Promise<{ sources: readonly Source[]; faults: readonly PlacedFault[] }> {
  const faults = repeatedNames(transfer, (i) => ['transfer', i, 'name']);
  const sources: Source[] = [];
  for (const [i, spec] of transfer.entries()) {
    const at = ['transfer', i];
    if (spec === undefined) continue;
    const wrong = space === null ? [] : defaultFaults(spec, space, [...at, 'defaults']);
    faults.push(...wrong);
    const objective = spec.objective ?? objectives[0]?.name;
    const names = space?.parameters.map(({ name }) => name) ?? [];
    const known = [...names, ...names.map((name) => `design.${name}`), objective ?? '', pool?.id ?? 'row'];
    const table = await tables.read(spec.results, { at: [...at, 'results'], known, faults });
    if (table === null || space === null || objective === undefined || wrong.length > 0) continue;
    const limits = spec.limits ?? objectives[0]?.limits;
    const reader = await SourceReader.of(spec, table, space, { at, objective, pool, limits });
    const source = reader.read();
    for (const note of [...reader.respelled, ...reader.notes]) tables.tell(`${spec.results}: ${note}`);
    faults.push(...reader.faults);
    if (reader.faults.length === 0) sources.push(source);
  }
  return { sources, faults };
}

/** What else is known where the table of an earlier campaign is read. */
interface SourceContext {
  readonly at: readonly PropertyKey[];
  readonly objective: string;
  readonly pool: CampaignParts['pool'];
  readonly limits: Limits | undefined;
}

/** Reads the table of one earlier campaign; `faults` is empty if it could be read. */
class SourceReader {
  readonly faults: PlacedFault[] = [];
  readonly notes: string[] = [];

  private constructor(
    private readonly spec: SourceSpec,
    private readonly table: Table,
    private readonly space: Space,
    private readonly context: SourceContext,
    private readonly columns: readonly Column[],
    /** Molecules that the space does not have. */
    private readonly further: FurtherMolecules,
    /** What people should know of headings and molecules in other spellings. */
    readonly respelled: readonly string[],
  ) {}

  static async of(spec: SourceSpec, table: Table, space: Space, context: SourceContext): Promise<SourceReader> {
    const { objective, pool } = context;
    const named = { objective, further: [], computed: [], contexts: [], parameters: space.parameters, pool };
    const { meant, notes } = headingsMeant(named, table.columns);
    const roles = columnRoles(named, meant);
    const columns = table.columns.map(
      (header, place): Column => ({ header, role: roles.get(meant[place]!) ?? { kind: 'ignored' } }),
    );
    const own = await respelledMolecules(table, columns, space.parameters);
    const further = await furtherMolecules(own, columns, space.parameters, spec.defaults);
    const respelled = [...notes, ...own.notes.slice(table.notes.length)];
    return new SourceReader(spec, own, space, context, columns, further, respelled);
  }

  read(): Source {
    const { name } = this.spec;
    const values = this.values();
    const rows = this.measuredRows(values);
    const designs = this.designs();
    const source = { name, designs: [] as Design[], values: [] as number[], leftOut: 0 };
    if (this.faults.length > 0) return source;
    const { objective, limits } = this.context;
    const wrong: { row: number; message: string }[] = [];
    const untrue: number[] = [];
    const strange: { row: number; why: string }[] = [];
    for (const row of rows) {
      const value = numberIn(this.table.plainNumber(values[row]!));
      const found = designs(row);
      if (typeof value !== 'number') {
        const why = whyNoNumber(value);
        const given = `'${unremarked(values[row]!)}'${why === '' ? '' : `, ${why}`}`;
        wrong.push({ row, message: `${objective} is ${given}, a number is wanted` });
      } else if (found.wrong !== undefined) wrong.push({ row, message: found.wrong });
      else if (found.strange !== undefined) strange.push({ row, why: found.strange });
      else if (limits !== undefined && beyond(objective, value, limits) !== null) untrue.push(row);
      else {
        source.designs.push(found.design!);
        source.values.push(value);
      }
    }
    source.leftOut = strange.length;
    this.tellWrong(wrong);
    this.tellUntrue(untrue, values);
    const beside = besideText(source.designs, this.space.parameters);
    if (beside !== null) this.notes.push(beside);
    if (strange.length > 0) this.notes.push(strangeText(strange, (row) => this.table.lineOf(row)));
    if (wrong.length === 0) this.checkSize(source, untrue.length);
    return untrue.length === 0 ? source : { ...source, beyond: untrue.length };
  }

  /** Says which rows were left out for their values. */
  private tellUntrue(rows: readonly number[], values: readonly string[]): void {
    const { limits, objective } = this.context;
    if (limits === undefined || rows.length === 0) return;
    const shown = rows.slice(0, toldFaults * 2).map((row) => `line ${this.table.lineOf(row)} (${values[row]})`);
    const more = rows.length > shown.length ? ` and ${rows.length - shown.length} more` : '';
    const count = `${rows.length} row${rows.length === 1 ? '' : 's'}`;
    this.notes.push(
      `${count} left out, as ${objective} lies beyond its limits, ${limitsText(limits)}: ${shown.join(', ')}${more}`,
    );
  }

  private tellWrong(wrong: readonly { readonly row: number; readonly message: string }[]): void {
    for (const [i, { row, message }] of wrong.slice(0, toldFaults).entries()) {
      const more = i === toldFaults - 1 && wrong.length > toldFaults ? `; and ${wrong.length - toldFaults} more` : '';
      const where = inFile(this.spec.results, { line: this.table.lineOf(row), path: '', message: `${message}${more}` });
      this.fail('results', where, 'correct the row, or leave it out of the file');
    }
  }

  private checkSize({ values, leftOut }: Source, untrue: number): void {
    const { least, most } = sourceRows;
    const { results } = this.spec;
    if (values.length > most)
      this.fail(
        'results',
        `${results} has ${values.length} measured rows of the space`,
        `at most ${most}: leave some out`,
      );
    if (values.length >= least) return;
    const strange = leftOut === 0 ? '' : `; ${leftOut} more are no designs of the space`;
    const others = untrue === 0 ? strange : `${strange}; ${untrue} more lie beyond the limits of the objective`;
    const message = `${results} has ${values.length} measured row${values.length === 1 ? '' : 's'} of the space${others}`;
    this.fail('results', message, `at least ${least}, or leave the earlier campaign out`);
  }

  /** Cells of the measured values. */
  private values(): readonly string[] {
    const { objective } = this.context;
    const column = this.column('value');
    if (column !== null) return this.table.cells(column);
    const place = this.spec.objective === undefined ? 'results' : 'objective';
    const remedy = `${oneOf(objective, this.table.columns)}, under 'objective'`;
    this.fail(place, `no column '${objective}' in ${this.spec.results}`, remedy);
    return [];
  }

  /** Rows that were measured, at the fidelity that is wanted; what became of the others is told. */
  private measuredRows(values: readonly string[]): number[] {
    const [outcomes, states] = (['outcome', 'state'] as const).map((kind) => {
      const column = this.column(kind);
      return column === null ? null : this.table.cells(column);
    });
    const wrong: { row: number; message: string }[] = [];
    const others: string[] = [];
    const all = [...values.keys()].filter((row) => {
      const told = toldOutcome(outcomes?.[row] ?? '', states?.[row]);
      if (told === 'measured' || (told === 'unsaid' && values[row] !== '')) return true;
      if (told === null) wrong.push({ row, message: `${this.column('outcome')} is '${outcomes![row]}'` });
      else if (!isSilent(told) && values[row] !== '')
        wrong.push({ row, message: `a value of '${values[row]}', but the trial is ${told}` });
      else others.push(told === 'unsaid' ? 'without a value' : told);
      return false;
    });
    for (const { row, message } of wrong.slice(0, toldFaults)) {
      const remedy = `one of ${outcomeWords.join(', ')}; a value only beside measured, or nothing`;
      const line = this.table.lineOf(row);
      this.fail('results', inFile(this.spec.results, { line, path: '', message }), remedy);
    }
    if (others.length > 0)
      this.notes.push(`${others.length} row${others.length === 1 ? '' : 's'} left out: ${countsText(others)}`);
    const wanted = this.spec.fidelity;
    const column = this.column('fidelity');
    if (column === null) {
      if (wanted !== undefined)
        this.fail('fidelity', `no column 'fidelity' in ${this.spec.results}`, "leave 'fidelity' out");
      return all;
    }
    const cells = this.table.cells(column);
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

  /** Reads the design of a row, or says why it is none of the space, or what is wrong with a cell. */
  private designs(): (row: number) => RowDesign {
    const { parameters, pool } = this.space;
    const cells = this.columns.map((_, place) => this.table.cellsAt(place));
    const text = designTexts(this.space, this.columns);
    const ids = this.column('row') === null ? null : this.table.cells(this.column('row')!);
    const missing = designColumns({ parameters, pool: this.context.pool }, this.columns).flatMap((column) => {
      const isGiven = column.given.length === 0 && this.spec.defaults?.[column.name] !== undefined;
      return isGiven ? [] : column.missing;
    });
    if (ids === null)
      for (const name of missing)
        this.fail(
          'results',
          `no column '${name}' in ${this.spec.results}`,
          `give the value that it had under 'defaults', or the column`,
        );
    const rowOf = pool === null || ids === null || missing.length === 0 ? null : rowsById(pool);
    return (row) => {
      if (rowOf !== null) {
        const id = rowMeant(pool!, ids![row]!);
        const own = rowOf.get(id) ?? rowOf.get(oneOfTexts(id, pool!.ids));
        return own === undefined
          ? { strange: `${show(ids![row])} is no row of the pool${meantText(id, pool!.ids)}` }
          : { design: pool!.designs.at(own)! };
      }
      const design: Record<string, ParameterValue> = {};
      let strange: string | undefined;
      for (const [p, parameter] of parameters.entries()) {
        const { name } = parameter;
        const written = text(p, (column) => cells[column]![row]!);
        const value = written === '' ? this.spec.defaults?.[name] : this.valueIn(parameter, written);
        if (value === undefined) return { wrong: `no value of '${name}'` };
        const beside = this.further.get(name)?.get(String(value));
        const given = beside ?? value;
        const numeric = isNumeric(parameter);
        if (numeric && typeof given !== 'number') {
          const why = whyNoNumber(String(given));
          return {
            wrong: `${name} is ${show(unremarked(String(given)))}${why === '' ? '' : `, ${why}`}, a number is wanted`,
          };
        }
        if (beside === undefined) strange ??= whyStrange(parameter, given);
        design[name] = given;
      }
      return strange === undefined ? { design } : { strange };
    };
  }

  private valueIn(parameter: Parameter, text: string): ParameterValue {
    const plain = isText(parameter.type) ? text : this.table.plainNumber(text);
    return typeOf(parameter).fromText(parameter, plain);
  }

  /** The first column of a kind. */
  private column(kind: ColumnRole['kind']): string | null {
    return this.columns.find(({ role }) => role.kind === kind)?.header ?? null;
  }

  private fail(key: string, message: string, remedy: string): void {
    this.faults.push(placed([...this.context.at, key], message, remedy));
  }
}
