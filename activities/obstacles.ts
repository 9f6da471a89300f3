import type { CampaignSpec } from '../models/domain/campaign.js';
import { durationMs } from '../models/domain/duration.js';
import { instrumentsFor, type LabSpec } from '../models/domain/lab.js';
import { closedTimes } from './maintenance.js';
import type { SlotWait } from './slot-waits.js';
import type { Query } from './store/client.js';
import { listHeld } from './store/held.js';
import { listStandstills } from './store/standstill.js';
import { shortSince, stockOf } from './store/stock.js';

/** Why something of a lab stands still; `worker` and `unable`: nobody drives the instrument, and nothing can do a step. */
export const obstacleKinds = [
  'held',
  'fault',
  'latched',
  'paused',
  'maintenance',
  'stock',
  'worker',
  'unable',
] as const;

/** Something of a lab that keeps trials from going on, until it ends or a person does something. */
export interface Obstacle {
  readonly kind: (typeof obstacleKinds)[number];
  readonly lab: string;
  /** The instrument, position or stock; for `unable` what a step wants. */
  readonly name: string;
  /** Milliseconds since 1970; null where nobody knows. */
  readonly since: number | null;
  /** Of maintenance, when it ends, milliseconds since 1970; else null. */
  readonly until: number | null;
  /** What it is, in words. */
  readonly text: string;
  /** Job whose slot is held, and its campaign; null for all others. */
  readonly held: { readonly key: string; readonly campaignId: string } | null;
  /** Of stock, whether nothing or too little for a trial is left; false for all others. */
  readonly empty: boolean;
  /** Commands of which each answers it; none where it ends by itself. */
  readonly remedies: readonly string[];
  /** Trials that wait for it. */
  readonly waiting: readonly string[];
}

/**
 * What stands still in a lab, as far as the store tells; of its campaigns, whether they have stopped or not.
 *
 * @param waits - trials of all campaigns that wait for a slot
 * @param now - milliseconds since 1970
 * @param stops - labs whose safe stop was made, or is heeded, where this is asked; null for that of all that is driven from there
 */
export async function obstaclesIn(
  query: Query,
  lab: LabSpec,
  {
    waits,
    now,
    stops,
  }: { readonly waits: readonly SlotWait[]; readonly now: number; readonly stops: readonly (string | null)[] },
): Promise<readonly Obstacle[]> {
  const here = waits.filter((wait) => wait.lab === lab.name);
  const of = `--lab ${lab.name} --why TEXT`;
  const common = { lab: lab.name, until: null, held: null, empty: false };
  const waitingFor = (name: string) => here.filter(({ on }) => on.includes(name)).map(({ trialId }) => trialId);
  const held = (await listHeld(query, lab.name)).map(
    ({ resource: name, key, campaignId, trialId, since, resolvable, notUndone }): Obstacle => ({
      ...common,
      kind: 'held',
      name,
      since,
      text:
        notUndone === null
          ? `held for ${key}, of whose job nobody knows whether it still runs`
          : `held for ${key}: what was done to its sample was not taken back (${notUndone.join(', ')}), and it may stand there`,
      held: { key, campaignId },
      remedies: [...(resolvable ? [`athanor resolve ${trialId} --help`] : []), `athanor lab clear ${name} ${of}`],
      waiting: waitingFor(name),
    }),
  );
  const standing = (await listStandstills(query, lab.name)).map(
    ({ resource: name, kind, who, why, at }): Obstacle => ({
      ...common,
      kind,
      name,
      since: at,
      text: `${{ fault: 'fault, said', latched: 'stopped safely', paused: 'paused' }[kind]} by ${who}: ${why}`,
      remedies: {
        fault: [`athanor lab clear ${name} ${of}`],
        latched: clearings(lab.name, stops),
        paused: [`athanor lab resume ${name} --lab ${lab.name}`],
      }[kind],
      waiting: waitingFor(name),
    }),
  );
  return [
    ...standing,
    ...held,
    ...maintained(lab, now, waitingFor),
    ...(await short(query, lab, here)),
    ...undoable(here),
  ];
}

/** A safe stop is cleared as it was made; where none is known it was made elsewhere, in one way or the other. */
function clearings(lab: string, stops: readonly (string | null)[]): readonly string[] {
  const known = [lab, null].filter((stop) => stops.includes(stop));
  return (known.length === 0 ? [lab, null] : known).map(
    (stop) => `athanor lab clear ${stop === null ? '' : `--lab ${stop} `}--why TEXT`,
  );
}

function maintained(lab: LabSpec, now: number, waitingFor: (name: string) => readonly string[]): readonly Obstacle[] {
  return Object.entries(lab.instruments).flatMap(([name, { maintenance, takes }]) => {
    const lead = takes === undefined ? 0 : durationMs(takes);
    const closed = closedTimes(maintenance, { from: now, until: now + 1 }, lead).find(({ from }) => from <= now);
    if (closed === undefined) return [];
    const soon = closed.from + lead > now ? 'soon, and a job would last into it' : 'now';
    return [
      {
        kind: 'maintenance',
        lab: lab.name,
        name,
        since: closed.from,
        until: closed.until,
        text: `in maintenance ${soon}: ${closed.why}`,
        held: null,
        empty: false,
        remedies: [],
        waiting: waitingFor(name),
      },
    ];
  });
}

/** Stock that is used up, below what the lab file warns of, or too little for a trial that waits. */
async function short(query: Query, lab: LabSpec, waits: readonly SlotWait[]): Promise<readonly Obstacle[]> {
  const left = await stockOf(query, lab.name);
  const obstacles: Obstacle[] = [];
  for (const [name, { unit, warnBelow = 0 }] of Object.entries(lab.stock)) {
    const amount = left.get(name) ?? 0;
    const wanted = waits.flatMap((wait) => {
      const uses = wait.uses[name] ?? 0;
      return uses > 0 && uses > amount ? [{ trialId: wait.trialId, uses }] : [];
    });
    const empty = amount <= 0 || wanted.length > 0;
    if (!empty && amount >= warnBelow) continue;
    const least = Math.max(warnBelow, ...wanted.map(({ uses }) => uses));
    const per = wanted.length === 0 ? '' : `, and ${Math.min(...wanted.map(({ uses }) => uses))} are wanted`;
    obstacles.push({
      kind: 'stock',
      lab: lab.name,
      name,
      since: await shortSince(query, lab.name, name, empty && wanted.length === 0 ? 0 : least),
      until: null,
      text: amount <= 0 ? `used up: ${amount} ${unit} left${per}` : `low: ${amount} ${unit} left${per}`,
      held: null,
      empty,
      remedies: [`athanor lab refill ${name} AMOUNT --lab ${lab.name} --why TEXT`],
      waiting: wanted.map(({ trialId }) => trialId),
    });
  }
  return obstacles;
}

/** Steps that nothing of the lab can do, together where the reason is the same. */
function undoable(waits: readonly SlotWait[]): readonly Obstacle[] {
  const reasons = new Map<string, SlotWait[]>();
  for (const wait of waits)
    if (wait.unable !== null) reasons.set(wait.unable, [...(reasons.get(wait.unable) ?? []), wait]);
  return [...reasons].map(([text, all]) => ({
    kind: 'unable',
    lab: all[0]!.lab,
    name: all[0]!.step ?? all[0]!.trialId,
    since: Math.min(...all.map(({ since }) => since)),
    until: null,
    text,
    held: null,
    empty: false,
    remedies: ['athanor lab up FILE'],
    waiting: all.map(({ trialId }) => trialId),
  }));
}

/** What of these concerns a campaign: what it holds, what its trials wait for, and what of its lab its levels need. */
export function obstaclesOf(
  obstacles: readonly Obstacle[],
  { id, spec, stopped }: { readonly id: string; readonly spec: CampaignSpec; readonly stopped: boolean },
  lab: LabSpec | null,
): readonly Obstacle[] {
  const needed = new Set(lab === null || stopped ? [] : needs(spec, lab));
  return obstacles.filter(
    ({ lab: of, name, held, waiting, kind }) =>
      held?.campaignId === id ||
      waiting.some((trialId) => trialId.startsWith(`${id}/`)) ||
      (of === lab?.name && kind !== 'unable' && needed.has(name)),
  );
}

/** Instruments, positions and stock that the levels of a campaign name. */
function needs({ fidelities }: CampaignSpec, lab: LabSpec): readonly string[] {
  const words = fidelities.flatMap(({ instrument, recipe = [] }) => [
    instrument,
    ...recipe.flatMap(({ on, undo }) => [on, undo?.on]),
  ]);
  const instruments = words.flatMap((word) => (word === undefined ? [] : instrumentsFor(lab, word)));
  const steps = fidelities.flatMap(({ recipe = [] }) => recipe);
  return [
    ...instruments,
    ...instruments.flatMap((name) => Object.keys(lab.instruments[name]?.uses ?? {})),
    ...steps.flatMap(({ at, uses }) => [...(at === undefined ? [] : [at]), ...Object.keys(uses)]),
  ];
}
