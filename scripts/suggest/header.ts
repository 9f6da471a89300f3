import type { Campaign } from '../../models/domain/campaign.js';
import type { Fault } from '../../models/domain/fault.js';
import { nearest } from '../../models/domain/nearest.js';
import { oneOf } from '../campaign-file/nearest.js';
import { type Column, type ColumnRole, columnRoles, designColumns, namedIn } from './columns.js';
import { headingsMeant, namesMeant } from './headings.js';

/** A column that a table lacks, and how to give it. */
interface Missing {
  readonly name: string;
  readonly remedy: string;
}

/**
 * The columns that a header names, and what is wrong with it: names that mean nothing, two columns that mean the same,
 * and what is missing to know design and value. An unknown name that is near a missing one is told with it, as one fault.
 * The columns that the campaign file names under `ignore` are passed over.
 *
 * @param ignored - names of further columns to pass over
 * @param holds - what the table is of: `designs` need no values
 */
export function readHeader(
  campaign: Campaign,
  header: readonly string[],
  ignored: readonly string[],
  holds: 'results' | 'designs' = 'results',
): { columns: readonly Column[]; faults: readonly Fault[]; notes: readonly string[] } {
  const named = namedIn(campaign);
  const passed = new Set(namesMeant([...ignored, ...(campaign.spec.ignore ?? [])], header));
  const rest = header.map((name) => (passed.has(name) ? '' : name));
  const { meant, notes } = headingsMeant(named, rest);
  const roles = columnRoles(named, meant);
  const faults: Fault[] = [];
  const unknown: string[] = [];
  const seen = new Map<string, string>();
  const fail = (path: string, message: string, remedy: string) => faults.push({ path, message, remedy, line: 1 });
  const columns = header.map((name, place): Column => {
    if (passed.has(name)) return { header: name, role: { kind: 'ignored' } };
    const role = roles.get(meant[place]!);
    if (role === undefined) {
      unknown.push(name === '' ? `column ${place + 1} has no name` : name);
      return { header: name, role: { kind: 'ignored' } };
    }
    const meaning = meaningOf(role);
    const before = role.kind === 'ignored' ? undefined : seen.get(meaning);
    if (before !== undefined) fail(name, `'${before}' and '${name}' both give the ${meaning}`, 'keep one of them');
    seen.set(meaning, name);
    return { header: name, role };
  });
  for (const name of ignored)
    if (namesMeant([name], header).length === 0) fail(name, `no column '${name}' to ignore`, oneOf(name, header));
  const missing: Missing[] = [];
  if (holds === 'results' && !seen.has('value'))
    missing.push({ name: named.objective, remedy: 'give the measured values of the objective in it' });
  for (const { name, missing: lacking, given } of designColumns(named, columns)) {
    if (given.length > 0 && lacking.length > 0)
      for (const component of lacking) missing.push({ name: component, remedy: `give it beside ${given.join(', ')}` });
    else if (lacking.length > 0 && !seen.has('row')) {
      const row = named.pool === undefined ? null : (named.pool.id ?? 'row');
      missing.push({ name, remedy: row === null ? 'give every parameter a column' : `give it, or '${row}'` });
    }
  }
  const open = new Map(missing.map((one) => [one.name, one]));
  for (const name of unknown) {
    const [near] = nearest(name, [...open.keys()]);
    if (near !== undefined && header.includes(name)) {
      const { remedy } = open.get(near)!;
      fail(
        near,
        `the column is missing, and no column '${name}' is known`,
        `rename '${name}' if it is meant; ${remedy}`,
      );
      open.delete(near);
    } else if (header.includes(name))
      fail(name, `no column '${name}' is known`, `${oneOf(name, [...roles.keys()])}; or pass over it: ${how}`);
    else fail('', name, `${oneOf('', [...roles.keys()])}; or pass over it: ${how}`);
  }
  for (const { name, remedy } of open.values()) fail(name, 'the column is missing', remedy);
  return { columns, faults, notes };
}

/** How a column is passed over. */
const how = "--ignore, or 'ignore' in the campaign file";

function meaningOf(role: ColumnRole): string {
  if (role.kind === 'parameter') return `parameter ${role.name}`;
  if (role.kind === 'further') return `value of ${role.name}`;
  if (role.kind === 'context') return `context ${role.name}`;
  return role.kind === 'amount' ? `amount of ${role.component} in ${role.name}` : role.kind;
}
