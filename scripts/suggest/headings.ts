import { type ColumnRole, columnRoles, type Named } from './columns.js';

/** What headings that differ only in case, form of Unicode or spaces have in common. */
export function plainHeading(name: string): string {
  return name.normalize('NFKC').toLowerCase().normalize('NFKC').replace(/\s+/g, ' ').trim();
}

/**
 * The headings of a table with those that mean a column of the campaign, but for case, form of Unicode or spaces, in the
 * campaign's spelling. One is taken so only where no other heading, exact or not, may mean the same, and where it can mean
 * no other column.
 *
 * @param header - '' for columns that are passed over
 * @returns a name for each heading, and a note of those that were taken for another
 */
export function headingsMeant(
  named: Named,
  header: readonly string[],
): { readonly meant: readonly string[]; readonly notes: readonly string[] } {
  const known = knownRoles(named);
  const given = new Set(header.filter((name) => known.has(name)).map((name) => JSON.stringify(known.get(name))));
  const plain = header.map(plainHeading);
  const told: string[] = [];
  const meant = header.map((name, place) => {
    if (name === '' || known.has(name)) return name;
    const alike = [...known].filter(([other]) => plainHeading(other) === plain[place]);
    const meanings = new Set(alike.map(([, role]) => JSON.stringify(role)));
    const isAlone = plain.filter((other) => other === plain[place]).length === 1;
    if (meanings.size !== 1 || !isAlone || given.has([...meanings][0]!)) return name;
    told.push(`'${name}' as ${alike[0]![0]}`);
    return alike[0]![0];
  });
  return { meant, notes: told.length === 0 ? [] : [`headings taken in another spelling: ${told.join(', ')}`] };
}

/** The names of a header that some names mean: exactly, or but for case, form of Unicode and spaces if only one does. */
export function namesMeant(names: readonly string[], header: readonly string[]): readonly string[] {
  return names.flatMap((name) => {
    if (header.includes(name)) return [name];
    const alike = header.filter((other) => other !== '' && plainHeading(other) === plainHeading(name));
    return alike.length === 1 ? alike : [];
  });
}

/** Every name that a column may have in a table of a person or of an export, with what it would hold. */
function knownRoles(named: Named): ReadonlyMap<string, ColumnRole> {
  const exported = [
    ...[named.objective, ...named.further].map((name) => `value.${name}`),
    ...named.parameters.map(({ name }) => `design.${name}`),
    ...named.contexts.map(({ name }) => `context.${name}`),
  ];
  const roles = new Map(columnRoles(named));
  for (const [name, role] of columnRoles(named, exported)) if (!roles.has(name)) roles.set(name, role);
  return roles;
}
