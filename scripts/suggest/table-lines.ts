import type { CampaignSpec } from '../../models/domain/campaign.js';
import type { TrialRecord } from '../../models/domain/record.js';

/** Lines of a table, from 1, by the ids of the trials that stand there. */
export type TableLines = ReadonlyMap<string, number>;

/** @param lines - of each trial, as many as are known */
export function tableLines(trials: readonly TrialRecord[], lines: readonly number[]): TableLines {
  return new Map(
    trials.flatMap(({ proposal }, i) => (lines[i] === undefined ? [] : [[proposal.id, lines[i]] as const])),
  );
}

/** A text with trials named by their lines, which is all that a table tells of them; without one they keep their ids. */
export function namedByLine(text: string, lines: TableLines): string {
  return text.replace(/[^\s()<>"']+\/r\d+\/p\d+/g, (id) => (lines.has(id) ? `line ${lines.get(id)}` : id));
}

/** Measured results without a value of some objective, by objective. */
export function withoutValue({ objectives }: CampaignSpec, trials: readonly TrialRecord[], lines: TableLines) {
  return objectives.flatMap(({ name }) => {
    const lacking = trials.filter(
      ({ observation }) => observation?.outcome === 'measured' && observation.values[name] === undefined,
    );
    const at = lacking.flatMap(({ proposal: { id } }) => lines.get(id) ?? []);
    return lacking.length === 0 ? [] : [{ name, results: lacking.length, lines: at }];
  });
}

/** Lines of a text told with it: the first few. */
const mostTold = 8;

/** The same in words, a line for each objective; without the first there is nothing to learn from. */
export function withoutValueLines(
  { objectives }: CampaignSpec,
  lacking: ReturnType<typeof withoutValue>,
): readonly string[] {
  return lacking.map(({ name, results, lines }) => {
    const one = results === 1;
    const what =
      name === objectives[0]!.name ? 'learned from in nothing' : 'learned from in the rest, and not compared';
    const told = lines.slice(0, mostTold).join(', ');
    const more = lines.length > mostTold ? ` and ${lines.length - mostTold} more` : '';
    const place = lines.length === 0 ? '' : ` (line${lines.length === 1 ? '' : 's'} ${told}${more})`;
    return `${results} measured result${one ? ' has' : 's have'} no ${name}: ${what}${place}`;
  });
}
