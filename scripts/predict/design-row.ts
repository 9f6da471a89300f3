import type { Campaign } from '../../models/domain/campaign.js';
import type { ParameterValue } from '../../models/domain/design.js';
import { designFaults } from '../../models/domain/design-faults.js';
import type { Fault } from '../../models/domain/fault.js';
import { isEncodable } from '../../models/domain/outside.js';
import { oneOfTexts } from '../../models/domain/parameters/numbers.js';
import { type Parameter, typeOf } from '../../models/domain/parameters/parameter.js';
import { rowsById, type Space } from '../../models/domain/space.js';
import type { Place } from '../../models/strategy/candidates.js';
import { idsMeant } from '../../models/strategy/result.js';
import type { Table } from '../../models/table/table.js';
import { isText } from '../campaign-file/space.js';
import { rowMeant, spellings } from '../campaign-file/spellings.js';
import { type Column, designTexts } from '../suggest/columns.js';

/** A row of a table of designs: its design, or what is wrong with it. */
export interface DesignRow {
  /** Line in the file, from 1. */
  readonly line: number;
  /** Null where the row has faults. */
  readonly place: Place | null;
  /** Why the design is none of the space, in words; null where it is one. */
  readonly outside: string | null;
  readonly faults: readonly Fault[];
}

/** What a text means as the value of a parameter. */
interface Meant {
  readonly value: ParameterValue;
  readonly outside: string | null;
  readonly fault: Fault | null;
}

/** Texts whose meaning is remembered of one parameter. */
const mostRemembered = 50_000;

/** Reads designs from tables with these columns; the parts of one table share what was found out. */
export class DesignReader {
  private readonly meanings: readonly ((text: string) => Meant)[];
  private readonly textOf: ReturnType<typeof designTexts>;
  private readonly rowAt: number;
  /** Molecules that stood in another spelling than that of the space. */
  readonly respelled = new Map<string, string>();

  /** @param spelled - the parameters, with molecules beside those of the space that may stand in another spelling, too */
  constructor(
    private readonly campaign: Campaign,
    private readonly columns: readonly Column[],
    private readonly spelled: Space['parameters'] = campaign.space.parameters,
  ) {
    const { space } = campaign;
    this.meanings = space.parameters.map((parameter) => {
      return meaningOf(parameter, this.headerOf(parameter.name));
    });
    this.textOf = designTexts(space, columns);
    this.rowAt = columns.findIndex(({ role }) => role.kind === 'row');
  }

  /** Heading of the column of a parameter, or of its first component. */
  headerOf(name: string): string {
    return this.columns.find(({ role }) => 'name' in role && role.name === name)?.header ?? name;
  }

  /** The rows of a table, in its order. */
  async rows(table: Table): Promise<readonly DesignRow[]> {
    const { parameters } = this.campaign.space;
    const cells = this.columns.map((_, place) => table.cellsAt(place));
    const texts = parameters.map((parameter, p) =>
      Array.from({ length: table.length }, (_, row) => {
        const text = this.textOf(p, (column) => cells[column]![row]!);
        return isText(parameter.type) ? text : table.plainNumber(text);
      }),
    );
    for (const [p, parameter] of parameters.entries()) {
      if (parameter.type !== 'substance') continue;
      const found = await spellings(this.spelled[p]!, texts[p]!);
      for (const [text, value] of found) this.respelled.set(text, value);
      if (found.size > 0) texts[p] = texts[p]!.map((text) => found.get(text) ?? text);
    }
    return Array.from({ length: table.length }, (_, row) =>
      this.row(
        table.lineOf(row),
        texts.map((column) => column[row]!),
        cells[this.rowAt]?.[row] ?? '',
      ),
    );
  }

  private row(line: number, texts: readonly string[], cell: string): DesignRow {
    const { parameters, pool } = this.campaign.space;
    const id = pool === null || cell === '' ? null : this.idIn(cell);
    const inPool = id === null ? undefined : rowsById(pool!).get(id);
    if (inPool !== undefined) return this.poolRow(line, texts, id!, inPool);
    const faults: Fault[] = [];
    const outside: string[] = [];
    const design: Record<string, ParameterValue> = {};
    // A row that names itself and says nothing more can only be of the pool.
    if (id !== null && texts.every((text) => text === '')) {
      const path = this.columns[this.rowAt]!.header;
      faults.push({ path, message: `'${id}' is no row of the pool`, remedy: idsMeant(id, pool!), line });
    } else
      parameters.forEach(({ name }, p) => {
        const { value, outside: why, fault } = this.meanings[p]!(texts[p]!);
        design[name] = value;
        if (fault !== null) faults.push({ ...fault, line });
        if (why !== null) outside.push(why);
      });
    if (faults.length > 0) return { line, place: null, outside: null, faults };
    const told = outside.length === 0 ? null : outside.join(', ');
    return { line, place: { design, rowId: null }, outside: told, faults };
  }

  private poolRow(line: number, texts: readonly string[], id: string, at: number): DesignRow {
    const { parameters, pool } = this.campaign.space;
    const design = pool!.designs.at(at)!;
    const faults = parameters.flatMap((parameter, p): Fault[] => {
      const own = design[parameter.name]!;
      if (texts[p] === '' || typeOf(parameter).agrees(parameter, texts[p]!, own, 1)) return [];
      const remedy = `${own}, as in the pool, or leave the cell empty`;
      return [{ path: this.headerOf(parameter.name), message: `'${texts[p]}' given for row ${id}`, remedy, line }];
    });
    return { line, place: faults.length > 0 ? null : { design, rowId: id }, outside: null, faults };
  }

  /** The id of the pool that a cell means: a spreadsheet makes 7 of 007; and a row may stand for others of its spelling. */
  private idIn(cell: string): string {
    const pool = this.campaign.space.pool!;
    const meant = rowMeant(pool, cell);
    return rowsById(pool).has(meant) ? meant : oneOfTexts(cell, pool.ids);
  }
}

/** A function that says what texts mean, which of lists of values is looked up once a text. */
function meaningOf(parameter: Parameter, header: string): (text: string) => Meant {
  const type = typeOf(parameter);
  const values = type.values(parameter);
  const known = values === null ? null : new Set(values);
  const meant = (text: string): Meant => {
    const value = known?.has(text) === true ? text : type.fromText(parameter, text);
    const isOwn = known === null ? type.refuses(parameter, value) === null : known.has(value);
    if (text !== '' && isOwn) return { value, outside: null, fault: null };
    if (text === '' || !isEncodable(parameter, value)) {
      const [fault] = designFaults([parameter], { [parameter.name]: text === '' ? '' : value });
      return { value, outside: null, fault: { ...fault!, path: header } };
    }
    const why = 'bounds' in parameter ? `not ${type.refuses(parameter, value)}` : 'none of its values';
    return { value, outside: `${parameter.name} ${value} is ${why}`, fault: null };
  };
  if (known === null) return meant;
  const remembered = new Map<string, Meant>();
  return (text) => {
    const before = remembered.get(text);
    if (before !== undefined) return before;
    if (remembered.size >= mostRemembered) remembered.clear();
    const found = meant(text);
    remembered.set(text, found);
    return found;
  };
}
