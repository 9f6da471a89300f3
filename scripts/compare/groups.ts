import type { CampaignSpec } from '../../models/domain/campaign.js';
import { InvalidInputError } from '../../models/domain/errors.js';
import type { CampaignRecord } from '../../models/domain/record.js';
import { goalsOf, hasSeveralGoals, primaryObjective } from '../../models/domain/standing.js';
import { strategyLabel } from '../simulate/strategies.js';
import { wantedText } from '../wording.js';

/** Runs of one campaign by one strategy, over several seeds. */
export interface Group {
  /** What tells it from the other groups. */
  readonly label: string;
  readonly campaign: string;
  readonly strategy: string;
  /** In the order of their seeds. */
  readonly records: readonly CampaignRecord[];
}

/** Settings that two runs of one strategy may differ in while they are the same: the seed, and how the strategy is written. */
const sameBut = ['seed', 'strategy', 'name'];

/**
 * Sorts records into groups, those of the same campaign, settings and strategy together, and random search last. Where
 * groups of a strategy differ in something else, their labels say in what.
 *
 * @throws {InvalidInputError} if they are not all after the same objective, or one seed is there twice
 */
export function groupsOf(records: readonly CampaignRecord[]): readonly Group[] {
  const [first] = records;
  const wanted = (record: CampaignRecord) => {
    const { spec } = record.campaign;
    const { name, direction, unit } = primaryObjective(spec);
    if (hasSeveralGoals(goalsOf(spec))) return wantedText(spec);
    return `${direction} ${name}${unit === undefined ? '' : ` [${unit}]`}`;
  };
  const kinds = [...new Set(records.map(wanted))];
  if (first === undefined || kinds.length > 1)
    throw new InvalidInputError('records', [
      { path: 'objectives', message: `${kinds.join(' and ')}`, remedy: 'compare records after the same objective' },
    ]);
  const sorted = new Map<string, CampaignRecord[]>();
  for (const record of records) {
    const key = JSON.stringify([record.campaign.id, strategyLabel(record.campaign.spec), settingsOf(record)]);
    sorted.set(key, [...(sorted.get(key) ?? []), record]);
  }
  const groups = [...sorted.values()].map((own) => {
    const { id, spec } = own[0]!.campaign;
    const seeds = own.map((record) => record.campaign.spec.seed);
    const twice = seeds.find((seed, i) => seeds.indexOf(seed) !== i);
    if (twice !== undefined) {
      const message = `seed ${twice} of ${id}, ${strategyLabel(spec)}, is there twice`;
      throw new InvalidInputError('records', [{ path: 'seed', message, remedy: 'leave one of the records out' }]);
    }
    own.sort((a, b) => a.campaign.spec.seed - b.campaign.spec.seed);
    return { campaign: id, strategy: strategyLabel(spec), records: own };
  });
  groups.sort((a, b) => Number(isRandom(a)) - Number(isRandom(b)));
  const ids = new Set(groups.map(({ campaign }) => campaign));
  return groups.map((group) => ({ ...group, label: labelOf(group, groups, ids.size > 1) }));
}

/** Whether it is random search, the baseline of the others. */
export function isRandom({ strategy }: Pick<Group, 'strategy'>): boolean {
  return strategy === 'random';
}

function labelOf(group: Omit<Group, 'label'>, all: readonly Omit<Group, 'label'>[], several: boolean): string {
  const name = several ? `${group.campaign}: ${group.strategy}` : group.strategy;
  const alike = all.filter(({ campaign, strategy }) => campaign === group.campaign && strategy === group.strategy);
  if (alike.length === 1) return name;
  const specs = alike.map(({ records }) => records[0]!.campaign.spec as unknown as Record<string, unknown>);
  const own = group.records[0]!.campaign.spec as unknown as Record<string, unknown>;
  const keys = [...new Set(specs.flatMap((spec) => Object.keys(spec)))].filter((key) => !sameBut.includes(key));
  const different = keys.filter((key) => new Set(specs.map((spec) => JSON.stringify(spec[key]))).size > 1);
  const told = different.map((key) => `${key} ${JSON.stringify(own[key] ?? null)}`).join(', ');
  const place = alike.indexOf(group) + 1;
  return `${name} (${told === '' || told.length > 60 ? `${place} of ${alike.length}` : told})`;
}

/** Everything that makes two runs comparable but for the strategy's surrogate and acquisition. */
function settingsOf({ campaign }: CampaignRecord): unknown {
  const { spec } = campaign;
  const initial = spec.strategy === 'default' ? undefined : spec.strategy.initial;
  const entries = Object.entries(spec as Partial<CampaignSpec>).filter(([key]) => !sameBut.includes(key));
  return [Object.fromEntries(entries), initial ?? null];
}
