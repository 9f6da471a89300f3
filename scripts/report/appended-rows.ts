import { readExtension } from '../../models/domain/extension.js';
import type { CampaignRecord } from '../../models/domain/record.js';
import { extensionsOf } from '../../models/strategy/growth.js';

/** Who appended rows to the pool, how many, and from which rounds on they could be proposed; a line each. */
export function appendedRows({ trials, artefacts = {} }: Pick<CampaignRecord, 'trials' | 'artefacts'>): string[] {
  const by = new Map<string, { rows: number; rounds: number[] }>();
  for (const [i, sha256] of extensionsOf(trials).entries()) {
    const { by: maker, rows } = readExtension(Buffer.from(artefacts[sha256]!, 'base64'), `extension ${sha256}`);
    const name = `${maker.name} ${maker.version}`;
    const { round } = trials.find((trial) => extensionsOf([trial]).length > i)!.proposal;
    const known = by.get(name) ?? { rows: 0, rounds: [] };
    by.set(name, { rows: known.rows + rows.length, rounds: [...known.rounds, round] });
  }
  return [...by].map(([name, { rows, rounds }]) => {
    const [first, last] = [rounds[0]!, rounds.at(-1)!];
    const from = first === last ? `in round ${first}` : `in rounds ${first} to ${last}`;
    return `${rows} by ${name}, ${from}`;
  });
}
