import { median } from 'simple-statistics';
import type { CampaignSpec } from '../domain/campaign.js';
import { type ContextValues, parameterOf, type SaidContexts, toldContext } from '../domain/contexts.js';
import type { ParameterValue } from '../domain/design.js';
import type { Parameter } from '../domain/parameters/parameter.js';
import type { Basis } from '../domain/proposal.js';
import type { TrialRecord } from '../domain/record.js';
import { isLost } from '../domain/ruling.js';
import type { Observation } from '../domain/trial.js';

/** What is known of the contexts of a campaign. */
export interface KnownContexts {
  /** A parameter for each, in their order; an open list has the names seen so far. */
  readonly parameters: readonly Parameter[];
  /** What designs are proposed for: of each what a person said, or the value of the last trial that told it, whichever is newer. */
  readonly current: ContextValues;
  /** What stands for a value that was not told: the median, or the most frequent name. */
  readonly usual: ContextValues;
  /** Trials that were learned from without a value, by context; of those told by all there is no entry. */
  readonly imputed: Readonly<Record<string, number>>;
  /** What a person said; absent where nobody did. */
  readonly said?: SaidContexts | undefined;
  /** Names of the contexts that are current by a person's word; absent where there is none. */
  readonly bySaying?: readonly string[] | undefined;
}

/**
 * The contexts of a campaign by what its trials told, those that ran to a value or failed as chemistry; null where the file has none.
 * Where no trial told of one it stands at the middle of its bounds, or the first of its names.
 *
 * @param trials - in the order of their ids: the last that told a context is the latest
 * @param pending - ids of those in flight, which tell nothing yet
 * @param said - by a person, of contexts of the file; holds until a trial of its round or a later one tells of the context
 */
export function contextsOf(
  { contexts }: CampaignSpec,
  trials: readonly TrialRecord[],
  pending: readonly string[],
  said?: SaidContexts,
): KnownContexts | null {
  if (contexts === undefined) return null;
  const open = new Set(pending);
  const ran = trials.flatMap(({ proposal, observation }) =>
    open.has(proposal.id) || !teaches(observation) ? [] : [{ round: proposal.round, observation }],
  );
  const parameters: Parameter[] = [];
  const current: Record<string, ParameterValue> = {};
  const usual: Record<string, ParameterValue> = {};
  const imputed: Record<string, number> = {};
  const bySaying: string[] = [];
  for (const context of contexts) {
    const { name } = context;
    const tellers = ran.flatMap(({ round, observation }) => {
      const value = toldContext(context, observation.contexts);
      return value === null ? [] : [{ round, value }];
    });
    const told = tellers.map(({ value }) => value);
    const word = said !== undefined && Object.hasOwn(said, name) ? said[name]! : null;
    const isCurrent = word !== null && !tellers.some(({ round }) => round >= word.sinceRound);
    if (told.length < ran.length) imputed[name] = ran.length - told.length;
    const names = [...new Set([...told, ...(isCurrent ? [word.value] : [])].map(String))];
    // One name there is always, so that there is something to be encoded.
    const parameter = parameterOf(context, names.length === 0 ? [unnamed] : names);
    parameters.push(parameter);
    const none =
      context.type === 'continuous' ? (context.bounds[0] + context.bounds[1]) / 2 : (context.levels?.[0] ?? unnamed);
    current[name] = isCurrent ? word.value : (told.at(-1) ?? none);
    if (isCurrent) bySaying.push(name);
    if (told.length === 0) usual[name] = none;
    else usual[name] = context.type === 'continuous' ? median(told as number[]) : mostFrequent(told as string[]);
  }
  return {
    ...{ parameters, current, usual, imputed },
    ...(said === undefined ? {} : { said }),
    ...(bySaying.length === 0 ? {} : { bySaying }),
  };
}

/** The contexts of a trial, with what is usual in the place of what it did not tell; null of one that teaches nothing. */
export function contextsAt(
  { contexts = [] }: CampaignSpec,
  { usual }: KnownContexts,
  observation: Observation | null,
): ContextValues | null {
  if (!teaches(observation)) return null;
  const own = contexts.map((one) => [one.name, toldContext(one, observation.contexts) ?? usual[one.name]!] as const);
  return Object.fromEntries(own);
}

/** For which contexts designs are proposed, in words; with what stands for those that trials did not tell. */
export function contextWords(
  { contexts = [] }: CampaignSpec,
  { current, usual, imputed, bySaying = [] }: KnownContexts,
): string {
  const shown = (name: string, value: ParameterValue) => {
    const context = contexts.find((one) => one.name === name)!;
    const unit = context.type === 'continuous' && context.unit !== undefined ? ` ${context.unit}` : '';
    return `${name} ${value}${unit}`;
  };
  const lacking = Object.entries(imputed).map(
    ([name, count]) =>
      `${count} trial${count === 1 ? '' : 's'} that did not tell ${name} taken at ${shown(name, usual[name]!)}`,
  );
  const at = (isSaid: boolean, as: string) => {
    const those = Object.entries(current).filter(([name]) => bySaying.includes(name) === isSaid);
    return those.length === 0 ? [] : [`at ${those.map(([name, value]) => shown(name, value)).join(', ')}, ${as}`];
  };
  return [...at(true, 'as a person said'), ...at(false, 'as last seen'), ...lacking].join('; ');
}

/** What a proposal is stored with of them; nothing where the campaign has none. */
export function basisContexts(known: KnownContexts | null): Pick<Basis, 'contexts'> {
  if (known === null) return {};
  const { current, usual, imputed, said } = known;
  const lacking = Object.entries(imputed).map(([name, trials]) => [name, { trials, as: usual[name]! }] as const);
  const told = said === undefined ? {} : { said };
  return { contexts: { current, ...told, ...(lacking.length === 0 ? {} : { imputed: Object.fromEntries(lacking) }) } };
}

/** What an open list is said to hold before any name was seen. */
const unnamed = 'unnamed';

function teaches(observation: Observation | null): observation is Observation {
  if (observation === null || isLost(observation)) return false;
  return observation.outcome === 'measured' || observation.cause?.class === 'chemistry';
}

/** Of equally frequent ones that which was seen first. */
function mostFrequent(names: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].reduce((most, one) => (one[1] > most[1] ? one : most))[0];
}
