import { createHash } from 'node:crypto';
import type { Obstacle } from '../../activities/obstacles.js';
import type { SeenCause } from '../../activities/store/alarm.js';
import type { Inbox } from '../../activities/store/inbox.js';
import type { DestinationHealth } from '../../activities/store/notice.js';
import type { QuietCampaign } from '../../activities/store/quiet-campaign.js';
import { type AlarmKindName, alarmKinds } from '../../models/domain/alarm-kinds.js';
import { parseTrialId } from '../../models/domain/trial.js';
import { cleanLine } from '../failure-line.js';
import type { Latch } from '../safe-stop/latch.js';
import type { StopReport } from '../stopd/stop-report.js';

/** What alarms are told from. */
export interface AlarmSight {
  readonly inbox: Inbox;
  readonly obstacles: readonly Obstacle[];
  /** Instruments, by their names in the ledger, on which jobs of trials ran that nobody can tell of. */
  readonly lostOn: ReadonlyMap<string, string>;
  /** Running campaigns in which nothing has happened for long. */
  readonly quiet: readonly QuietCampaign[];
  /** Whether a worker asks for the work of campaigns; null where nobody can tell. */
  readonly isWorked: boolean | null;
  readonly health: readonly DestinationHealth[];
  /** Safe stops of this home, and what became of the last. */
  readonly latches: readonly Latch[];
  readonly report: StopReport | null;
  /** Share of the disk of this home that is free, and how many bytes; null where that cannot be told. */
  readonly disk: { readonly share: number; readonly bytes: number } | null;
  readonly home: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

const mostTrials = 20;
/** Before its time is up a proposal that waits is an alarm for so long, milliseconds, or for half of the time it waits at all. */
const lapsingMs = 4 * 3_600_000;
/** Less room on a disk is an alarm: share, and bytes. */
const leastRoom = { share: 0.05, bytes: 2 * 2 ** 30 };

interface Part {
  readonly kind: AlarmKindName;
  readonly of: string;
  readonly text: string;
  readonly lab?: string | null;
  readonly campaigns?: readonly string[];
  readonly trials?: readonly string[];
  readonly commands?: readonly string[];
  readonly home?: string;
}

/** All that a person has to do something about now, each cause once, however many trials it keeps. */
export function causesOf(sight: AlarmSight): readonly SeenCause[] {
  const { inbox, obstacles, latches, report, home, health, disk, isWorked } = sight;
  const parts: Part[] = [
    ...ofStop(latches, report, home),
    ...obstacles.flatMap(ofObstacle),
    ...inbox.trials.flatMap((trial): Part[] => ofTrial(trial, sight)),
    ...inbox.problems.map(
      ({ campaignId, text, phase }): Part => ({
        ...{ kind: 'problem', of: campaignId, campaigns: [campaignId], commands: [`athanor resume ${campaignId}`] },
        text: `${campaignId} is ${phase}: ${cleanLine(text, 300)}`,
      }),
    ),
    ...inbox.away.map(
      ({ campaignId, home: id, name, trials }): Part => ({
        ...{ kind: 'away', of: id, campaigns: [campaignId], trials, commands: ['athanor worker'] },
        text: `no worker runs for home ${cleanLine(name)}`,
      }),
    ),
    ...health
      .filter(({ lost }) => lost)
      .map(
        ({ name, trouble }): Part => ({
          ...{ kind: 'untold', of: name, commands: ['athanor notify --test'] },
          text: `nobody is told by '${name}': ${cleanLine(trouble ?? 'it wants no more', 300)}`,
        }),
      ),
  ];
  if (isWorked === false)
    parts.push({
      kind: 'unworked',
      of: '',
      text: 'no worker asks for the work of campaigns',
      commands: ['athanor worker'],
    });
  if (disk !== null && (disk.share < leastRoom.share || disk.bytes < leastRoom.bytes))
    parts.push({
      kind: 'disk',
      of: home,
      home,
      text: `${(disk.bytes / 2 ** 30).toFixed(1)} GB are left where home ${home} lies`,
    });
  const causes = together(parts);
  // What stands still for a cause that is told already is no cause of its own.
  const told = new Set(causes.flatMap(({ priority, campaigns }) => (priority === 'today' ? [] : campaigns)));
  const isStopped = causes.some(({ kind }) => kind === 'stop' || kind === 'unworked');
  const still = sight.quiet.filter(({ id }) => !told.has(id) && !isStopped);
  return [...causes, ...together(still.map((campaign) => ofQuiet(campaign, sight.now)))];
}

function ofStop(latches: readonly Latch[], report: StopReport | null, home: string): Part[] {
  const stops = latches
    .filter(({ lab }) => lab === null)
    .map(
      ({ who, why }): Part => ({
        ...{ kind: 'stop', ...stoppedBy(who, why), home, commands: ['athanor lab clear --why TEXT'] },
      }),
    );
  const open = report === null || report.released !== null ? [] : report.rows.filter(({ confirmed }) => !confirmed);
  return [
    ...stops,
    ...open.map(
      ({ instrument, action, why }): Part => ({
        ...{ kind: 'unconfirmed', of: instrument, home, lab: instrument.split('/')[0]! },
        text: `${instrument}: safe stop NOT CONFIRMED. ${cleanLine(action ?? '', 300)} (${cleanLine(why ?? '', 200)})`,
      }),
    ),
  ];
}

function stoppedBy(who: string, why: string): { of: string; text: string } {
  const of = createHash('sha256')
    .update(JSON.stringify([who, why]))
    .digest('hex')
    .slice(0, 16);
  return { of, text: `stopped safely by ${cleanLine(who)}: ${cleanLine(why, 300)}` };
}

const kindOf: Readonly<Partial<Record<Obstacle['kind'], AlarmKindName>>> = {
  held: 'unknown',
  fault: 'fault',
  latched: 'stop',
  paused: 'paused',
  worker: 'worker',
  unable: 'unable',
};

function ofObstacle({ kind, lab, name, text, held, empty, remedies, waiting }: Obstacle): Part[] {
  const alarm = kind === 'stock' ? (empty ? 'empty' : 'low') : kindOf[kind];
  if (alarm === undefined) return [];
  const trials = held === null ? waiting : [...new Set([held.key.replace(/\/g\d+\/[^/]+$/, ''), ...waiting])];
  const common = { kind: alarm, lab, trials, commands: remedies, campaigns: trials.map(campaignOf) };
  if (alarm === 'stop') {
    const [, who = '', why = ''] = /^stopped safely by (.+?): (.*)$/s.exec(text) ?? [];
    return [{ ...common, ...stoppedBy(who, why) }];
  }
  return [{ ...common, of: `${lab}/${name}`, text: `${lab}/${name}: ${cleanLine(text, 300)}` }];
}

function ofTrial(trial: Inbox['trials'][number], { lostOn, now }: AlarmSight): Part[] {
  const { trialId, campaignId, needs, approval, since } = trial;
  const common = { campaigns: [campaignId], trials: [trialId] };
  if (needs === 'resolution') {
    const on = lostOn.get(trialId) ?? campaignId;
    const [lab, name] = on.split('/');
    return [
      {
        ...{ ...common, kind: 'unknown', of: on, lab: name === undefined ? null : lab! },
        text: `${on}: nobody can tell what became of its jobs`,
        commands: [`athanor resolve ${trialId} --help`],
      },
    ];
  }
  if (needs === 'ruling')
    return [
      {
        ...{ ...common, kind: 'quarantined', of: campaignId, text: `${campaignId}: values are in quarantine` },
        commands: ['athanor inbox'],
      },
    ];
  const until = needs === 'approval' ? (approval?.until ?? null) : null;
  if (until === null || approval?.otherwise === 'wait' || until - now > Math.min(lapsingMs, (until - since) / 2))
    return [];
  return [
    {
      ...{
        ...common,
        kind: 'lapsing',
        of: trialId,
        commands: [`athanor approve ${trialId}`, `athanor reject ${trialId}`],
      },
      text: `${trialId} waits for approval until ${moment(until)}; then: ${approval?.otherwise === 'approve' ? 'approved' : 'rejected'}`,
    },
  ];
}

function ofQuiet({ id, last, trialMs, waiting }: QuietCampaign, now: number): Part {
  const waits = waiting === 0 ? '' : `; ${waiting} of its trials wait for a person`;
  const hours = (ms: number) => `${(ms / 3_600_000).toFixed(1)} h`;
  const usual = trialMs === null ? '' : ` (its trials take ${hours(trialMs)})`;
  return {
    ...{ kind: 'still', of: id, campaigns: [id], commands: [`athanor status ${id}`] },
    text: `${id}: nothing has happened for ${hours(now - last)}${usual}${waits}`,
  };
}

/** One cause of what has the same, with the trials and campaigns of all. */
function together(parts: readonly Part[]): SeenCause[] {
  const byCause = new Map<string, Part[]>();
  for (const part of parts) {
    const cause = `${part.kind}/${part.of}`;
    byCause.set(cause, [...(byCause.get(cause) ?? []), part]);
  }
  return [...byCause].map(([cause, all]) => {
    const [{ kind, text, lab = null }] = all as [Part];
    const trials = [...new Set(all.flatMap((part) => part.trials ?? []))];
    const count = trials.length === 0 ? '' : `; ${trials.length} ${trials.length === 1 ? 'trial' : 'trials'}`;
    const homes = new Set(all.map(({ home }) => home));
    return {
      ...{ kind, cause, lab, priority: alarmKinds[kind].priority },
      home: homes.size === 1 ? ([...homes][0] ?? null) : null,
      text: `${text}${count}`,
      campaigns: [...new Set(all.flatMap((part) => part.campaigns ?? []))],
      trials: trials.slice(0, mostTrials),
      count: trials.length,
      commands: [...new Set(all.flatMap((part) => part.commands ?? []))].slice(0, 5),
    };
  });
}

function campaignOf(trialId: string): string {
  return parseTrialId(trialId).campaignId;
}

function moment(at: number): string {
  return `${new Date(at).toISOString().replace('T', ' ').slice(0, 16)} UTC`;
}
