import { plainHeading } from '../suggest/headings.js';
import { valueAt } from './document.js';
import type { CampaignParts } from './parts.js';
import type { PlacedFault } from './schema-faults.js';
import { placed } from './schema-faults.js';

/** A name that a column of a table may have already, and what it is there. */
interface Taken {
  readonly name: string;
  readonly what: string;
  readonly remedy: string;
}

/** Headings that mean the same in every table of results. */
const words = ['cost', 'fidelity', 'outcome', 'status', 'row', 'state'];

const another = 'give it another name';

/**
 * Faults of objectives whose name means something else in tables, and of outcomes and contexts whose column in a table of results could be taken for another one: headings are matched whatever their
 * case and spaces. An outcome given twice to the letter is not among them.
 */
export function outcomeNameFaults(parts: CampaignParts, document: unknown): PlacedFault[] {
  const taken = takenNames(parts, document);
  const reserved = parts.objectives.flatMap((objective, i) => {
    const word = words.find(
      (one) => objective?.name !== undefined && plainHeading(one) === plainHeading(objective.name),
    );
    if (word === undefined) return [];
    const message = `'${objective!.name}' is a word with a meaning of its own in tables of results`;
    return [placed(['objectives', i, 'name'], message, `${another}, none of ${words.join(', ')}`)];
  });
  const outcomes = namesOf(parts.outcomes);
  const asOutcomes = outcomes.map(({ name }): Taken => ({ name, what: 'an outcome', remedy: another }));
  return [
    ...reserved,
    ...alikeFaults(outcomes, { taken, list: 'outcomes', what: 'an outcome' }),
    ...alikeFaults(namesOf(parts.contexts), { taken: [...taken, ...asOutcomes], list: 'contexts', what: 'a context' }),
  ];
}

interface Named {
  readonly name: string;
  readonly i: number;
}

function namesOf(entries: readonly ({ readonly name: string } | undefined)[]): readonly Named[] {
  return entries.flatMap((entry, i) => (entry === undefined ? [] : [{ name: entry.name, i }]));
}

/** Faults of the names of a list that are those of others, or of earlier ones of the list but for their case and spaces. */
function alikeFaults(
  named: readonly Named[],
  { taken, list, what }: { readonly taken: readonly Taken[]; readonly list: string; readonly what: string },
): PlacedFault[] {
  return named.flatMap(({ name, i }) => {
    const before = named
      .filter((other) => other.i < i && other.name !== name)
      .map((other): Taken => ({ name: other.name, what, remedy: another }));
    const alike = [...taken, ...before].filter((other) => plainHeading(other.name) === plainHeading(name));
    const found = alike.find((other) => other.name === name) ?? alike[0];
    if (found === undefined) return [];
    const at = [list, i, 'name'];
    if (found.name === name) return [placed(at, `'${name}' is ${found.what}`, found.remedy)];
    const message = `'${name}' differs only in case or spaces from '${found.name}', which is ${found.what}`;
    return [placed(at, message, found.remedy)];
  });
}

function takenNames({ objectives, space, pool }: CampaignParts, document: unknown): readonly Taken[] {
  const taken: Taken[] = [];
  const take = (name: unknown, what: string, remedy = another) => {
    if (typeof name === 'string' && name !== '') taken.push({ name, what, remedy });
  };
  for (const objective of objectives)
    take(objective?.name, 'an objective', 'leave it out here: objectives are measured anyway');
  for (const parameter of space.parameters ?? []) take(parameter?.name, 'also a parameter');
  for (const column of pool?.designColumns ?? []) take(column.name, 'also a parameter');
  for (const parameter of space.parameters ?? []) {
    // Beside a file, `column` is one of that file, and no heading of results.
    if (parameter === undefined || ('file' in parameter && parameter.file !== undefined)) continue;
    take(parameter.column, `the column of parameter '${parameter.name}'`);
  }
  for (const { name, column, columns } of pool?.designColumns ?? [])
    for (const one of [column, ...(columns ?? [])]) take(one, `a column of the pool, of parameter '${name}'`);
  take(pool?.id, 'the id column of the pool');
  const ignored = valueAt(document, ['ignore']);
  for (const name of Array.isArray(ignored) ? ignored : [])
    take(name, "among the columns to 'ignore'", "give it another name, or take it out of 'ignore'");
  for (const word of words) take(word, 'a word with a meaning of its own in tables of results');
  return taken;
}
