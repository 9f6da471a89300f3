import type { Campaign } from '../../models/domain/campaign.js';
import type { Design, ParameterValue } from '../../models/domain/design.js';
import type { Fault } from '../../models/domain/fault.js';
import {
  numberIn,
  numberShape,
  oneOfTexts,
  tellingDigits,
  whyNoNumber,
} from '../../models/domain/parameters/numbers.js';
import { typeOf } from '../../models/domain/parameters/parameter.js';
import { unremarked, whyNoText } from '../../models/domain/parameters/remark.js';
import { type Pool, rowsById } from '../../models/domain/space.js';
import {
  type CheckedResult,
  type Result,
  type ResultOutcome,
  resultChecker,
  resultOutcomes,
} from '../../models/strategy/result.js';
import type { Table } from '../../models/table/table.js';
import { oneOf } from '../campaign-file/nearest.js';
import { isText } from '../campaign-file/space.js';
import { rowMeant } from '../campaign-file/spellings.js';
import { type Column, designTexts } from './columns.js';
import { isSilent, outcomeWords, type SilentOutcome, toldOutcome } from './told-outcome.js';

/** What is told of rows beside their results. */
export interface Noticed {
  /** A design that is none of the space. */
  readonly onOutside?: (row: number, why: string, design: Design) => void;
  /** A row without any value in a table that has no column for what became of trials: it counts as pending. */
  readonly onOpen?: (row: number) => void;
  /** Values of further outcomes beside a trial that gave none of the objective: they are passed over. */
  readonly onPassed?: (row: number, names: readonly string[]) => void;
}

/**
 * A function that reads a row of a table into a checked result, into an outcome that tells nothing of the design, or into
 * all that is wrong with it. Numbers of a row of the pool may have been rounded, to the digits that they are written in.
 */
export function rowReader(
  campaign: Campaign,
  columns: readonly Column[],
  table: Table,
  { onOutside = () => {}, onOpen = () => {}, onPassed = () => {} }: Noticed = {},
): (row: number) => Result | SilentOutcome | readonly Fault[] {
  const check = resultChecker(campaign);
  const { pool, parameters } = campaign.space;
  const isTextAt = parameters.map(({ type }) => isText(type));
  const cells = columns.map((_, place) => table.cellsAt(place));
  const place = (kind: string) => columns.findIndex(({ role }) => role.kind === kind);
  const [rowAt, fidelity, outcome, state, value, cost] = (
    ['row', 'fidelity', 'outcome', 'state', 'value', 'cost'] as const
  ).map(place) as [number, number, number, number, number, number];
  const designText = designTexts(campaign.space, columns);
  const further = columns.flatMap(({ role }, at) => (role.kind === 'further' ? [{ at, name: role.name }] : []));
  const around = columns.flatMap(({ role }, at) => {
    const context = role.kind === 'context' && campaign.spec.contexts?.find(({ name }) => name === role.name);
    return context ? [{ at, context }] : [];
  });
  const headerAt = (at: number) => columns[at]?.header ?? '';
  const headerOf = (name: string) =>
    columns.find(({ role }) => (role.kind === 'parameter' || role.kind === 'amount') && role.name === name)?.header ??
    '';
  const columnOf = (path: string) => {
    if (path.startsWith('design.')) return headerOf(path.slice(7));
    if (path.startsWith('contexts.'))
      return headerAt(around.find(({ context }) => context.name === path.slice(9))?.at ?? -1);
    if (path.startsWith('values.')) return headerAt(further.find(({ name }) => name === path.slice(7))?.at ?? -1);
    return headerAt({ rowId: rowAt, fidelity, outcome, value, cost }[path] ?? -1);
  };
  const known = parameters.every(({ name }) => headerOf(name) !== '');
  return (row) => {
    const faults: Fault[] = [];
    const cell = (at: number) => cells[at]?.[row] ?? '';
    const told = toldOutcome(cell(outcome), cell(state));
    if (isSilent(told)) return told;
    const number = (at: number) => {
      if (cell(at) === '') return undefined;
      const read = numberIn(table.plainNumber(cell(at)));
      if (typeof read === 'number') return read;
      const others = at === value ? `, or ${resultOutcomes.slice(1).join(' or ')} in a column 'outcome'` : '';
      const why = whyNoNumber(read);
      const message = `'${unremarked(read)}' is not a number${why === '' ? '' : `: ${why}`}`;
      faults.push({ path: headerAt(at), message, remedy: `${numberShape}${others}` });
      return undefined;
    };
    const contexts = around.flatMap(({ at, context: { name, type } }) => {
      const value = type === 'categorical' ? cell(at) || undefined : number(at);
      return value === undefined ? [] : [[name, value] as const];
    });
    const texts = parameters.map((_, p) => {
      const text = designText(p, cell);
      return isTextAt[p] === true ? text : table.plainNumber(text);
    });
    const values = parameters.map((parameter, p): ParameterValue => typeOf(parameter).fromText(parameter, texts[p]!));
    const id = pool === null ? cell(rowAt) : idIn(pool, cell(rowAt));
    const inPool = pool === null || id === '' ? undefined : rowsById(pool).get(id);
    if (inPool !== undefined)
      for (const [p, parameter] of parameters.entries()) {
        const own = pool!.designs.at(inPool)![parameter.name]!;
        if (texts[p] !== '' && !typeOf(parameter).agrees(parameter, texts[p]!, own, 1)) {
          const remedy = `${own}, as in the pool, or leave the cell empty`;
          const isNoNumber = typeof own !== 'number' || typeof numberIn(texts[p]!) === 'number';
          const why = isNoNumber ? whyNoText(texts[p]!) : whyNoNumber(texts[p]!);
          faults.push({
            path: headerOf(parameter.name),
            message: `'${unremarked(texts[p]!)}' given for row ${id}${why === '' ? '' : `, ${why}`}`,
            remedy,
          });
        }
      }
    if (fidelity !== -1 && cell(fidelity) === '') {
      const names = campaign.spec.fidelities.map(({ name }) => name);
      faults.push({ path: headerAt(fidelity), message: 'no fidelity given', remedy: oneOf('', names) });
    }
    const design: Design = Object.fromEntries(parameters.map(({ name }, p) => [name, values[p]!]));
    const before = faults.length;
    // Where no column says what became of trials, one without a value is still to be measured.
    const isOpen =
      outcome === -1 && state === -1 && [value, ...further.map(({ at }) => at)].every((at) => cell(at) === '');
    // Of a trial that is still to be measured, what is written beforehand is read with its result.
    const isPending = isOpen || told === 'pending';
    const gaveNone = told === 'failed' || told === 'pending';
    const answers = {
      ...(cell(fidelity) === '' ? {} : { fidelity: cell(fidelity) }),
      ...(isOpen ? { outcome: 'pending' as const } : {}),
      ...(told === null || told === 'unsaid' ? {} : { outcome: told as ResultOutcome }),
      ...optional('value', number(value)),
      ...furtherValues(gaveNone ? [] : further.map(({ at, name }) => [name, number(at)])),
      ...optional('cost', number(cost)),
      ...(contexts.length === 0 || isPending ? {} : { contexts: Object.fromEntries(contexts) }),
    };
    // A row that is not in the pool may be a design of a person's own, if the table says what it is.
    const isOwn = id !== '' && pool !== null && inPool === undefined && known && texts.every((text) => text !== '');
    let result: Result = {
      ...(id !== '' ? { rowId: id } : {}),
      ...(isOwn || (id === '' && known) ? { design } : {}),
      ...answers,
    };
    const unread = faults.slice(before).map(({ path }) => path);
    if (told === null) {
      const remedy = `one of ${outcomeWords.join(', ')}`;
      faults.push({ path: headerAt(outcome), message: `'${cell(outcome)}' given`, remedy });
    }
    let checked = check(result);
    if ((Array.isArray(checked) || outsideIn(checked) !== null) && pool !== null && id === '' && known) {
      const rounded = rowLike(campaign, pool, texts);
      if (rounded !== null) {
        result = { rowId: rounded, ...answers };
        checked = check(result);
      }
    }
    if (Array.isArray(checked))
      for (const { path, ...fault } of checked as Fault[]) {
        const column = columnOf(path);
        if (!unread.includes(column) || column === '') faults.push({ ...fault, path: column });
      }
    const outside = outsideIn(checked);
    if (faults.length === 0 && outside !== null) onOutside(row, outside, design);
    if (faults.length === 0 && isOpen) onOpen(row);
    const passed = gaveNone ? further.filter(({ at }) => cell(at) !== '') : [];
    if (passed.length > 0)
      onPassed(
        row,
        passed.map(({ name }) => name),
      );
    return faults.length > 0 ? faults : result;
  };
}

/** Why a checked result is of no design that may be proposed; null where it is of one, or wrong. */
function outsideIn(checked: CheckedResult | readonly Fault[]): string | null {
  return 'outside' in checked ? checked.outside : null;
}

/** The id of the pool that a cell means: a spreadsheet makes 7 of 007; and a row may stand for others of its spelling. */
function idIn(pool: Pool, cell: string): string {
  const meant = rowMeant(pool, cell);
  return cell === '' || rowsById(pool).has(meant) ? meant : oneOfTexts(cell, pool.ids);
}

/** The one row of the pool that agrees with the texts of a design, to the digits that are written; null if not one. */
function rowLike({ space }: Campaign, { ids, designs }: Pool, texts: readonly string[]): string | null {
  let found: string | null = null;
  for (let row = 0; row < ids.length; row++) {
    const design = designs.at(row)!;
    const agree = space.parameters.every((parameter, p) =>
      typeOf(parameter).agrees(parameter, texts[p]!, design[parameter.name]!, tellingDigits),
    );
    if (!agree) continue;
    if (found !== null) return null;
    found = ids[row]!;
  }
  return found;
}

function furtherValues(given: readonly (readonly [string, number | undefined])[]): Pick<Result, 'values'> {
  const known = given.filter(([, value]) => value !== undefined);
  return known.length === 0 ? {} : { values: Object.fromEntries(known) as Record<string, number> };
}

function optional<K extends string>(key: K, value: number | undefined): Partial<Record<K, number>> {
  return (value === undefined ? {} : { [key]: value }) as Partial<Record<K, number>>;
}
