import { createHash } from 'node:crypto';
import type { Obstacle } from '../../activities/obstacles.js';
import type { Inbox, WaitingTrial } from '../../activities/store/inbox.js';
import type { Matter } from '../../activities/store/notice.js';
import { parseTrialId } from '../../models/domain/trial.js';
import { cleanLine } from '../failure-line.js';
import { commandsOf, headOf } from '../inbox-lines.js';
import type { Latch } from '../safe-stop/latch.js';

/** What people are told of. */
export const matterKinds = [
  'approval',
  'result',
  'resolution',
  'ruling',
  'problem',
  'home',
  'held',
  'fault',
  'stop',
  'stock',
  'worker',
  'unable',
  'ended',
  'alarm',
] as const;

/** Those of which there is no alarm. */
export const beyondAlarms: readonly string[] = ['approval', 'result', 'ended'];

/** What there is to tell, as a worker sees it. */
export interface Sight {
  readonly inbox: Inbox;
  readonly obstacles: readonly Obstacle[];
  readonly ended: readonly { readonly id: string; readonly text: string; readonly endedAt: number }[];
  /** Safe stops of all that is driven from this worker's home. */
  readonly latches: readonly Latch[];
  /** The worker's home. */
  readonly home: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Homes that are away for less come back by themselves, as where a worker is started anew. */
const awayMs = 5 * 60_000;

/** Everything that people may want to be told of, whoever wants it. */
export function mattersOf({ inbox, obstacles, ended, latches, home, now }: Sight): readonly Matter[] {
  const none = { campaigns: [], lab: null, trials: [], since: null, commands: [], designs: {}, momentary: false };
  return [
    ...inbox.trials.map(ofTrial),
    ...inbox.problems.map(
      ({ campaignId, text, phase }): Matter => ({
        ...none,
        subject: `problem/${campaignId}/${createHash('sha256').update(text).digest('hex').slice(0, 16)}`,
        about: `problem/${campaignId}`,
        kind: 'problem',
        campaigns: [campaignId],
        text: `${campaignId} is ${phase}: ${cleanLine(text, 500)}`,
        commands: [`athanor resume ${campaignId}`],
      }),
    ),
    ...inbox.away
      .filter(({ since }) => now - since >= awayMs)
      .map(
        ({ campaignId, home: id, name, since, trials }): Matter => ({
          ...none,
          subject: `home/${campaignId}/${id}`,
          about: `home/${campaignId}/${id}`,
          kind: 'home',
          campaigns: [campaignId],
          trials,
          since,
          text: `${campaignId}: ${count(trials.length, 'trial')} for home ${cleanLine(name)}, where no worker runs`,
          commands: ['athanor worker', ...trials.slice(0, 3).map((id) => `athanor retry ${id}`)],
        }),
      ),
    ...obstacles.flatMap((obstacle) => ofObstacle(obstacle)),
    ...latches.map(
      ({ who, why, at }): Matter => ({
        ...none,
        subject: `latch/${home}/${at}`,
        about: `latch/${home}`,
        kind: 'stop',
        since: at,
        text: `all that is driven from home ${home} was stopped safely by ${cleanLine(who)}: ${cleanLine(why, 300)}`,
        commands: ['athanor lab clear --why TEXT'],
      }),
    ),
    ...ended.map(
      ({ id, text, endedAt }): Matter => ({
        ...none,
        subject: `ended/${id}/${endedAt}`,
        about: `ended/${id}/${endedAt}`,
        kind: 'ended',
        campaigns: [id],
        since: endedAt,
        text: `${id} has ended: ${cleanLine(text, 500)}`,
        commands: [`athanor status ${id}`],
        momentary: true,
      }),
    ),
  ];
}

function ofTrial(trial: WaitingTrial): Matter {
  const { trialId, campaignId, needs, generation, since, design, step, instrument, instructions } = trial;
  return {
    subject: `${needs}/${trialId}/g${generation}${step === undefined ? '' : `/${step}`}`,
    about: `trial/${trialId}`,
    kind: needs,
    campaigns: [campaignId],
    lab: instrument?.split('/')[0] ?? null,
    trials: [trialId],
    since,
    text: `${trialId} ${headOf(trial, `since ${moment(since)}`)}`,
    commands: [...commandsOf(trial)],
    designs: { [trialId]: design },
    ...(instructions === undefined
      ? {}
      : { instructions: instructions.split('\n').map((line) => cleanLine(line, 500)) }),
    momentary: false,
  };
}

function ofObstacle({ kind, lab, name, text, since, held, empty, remedies, waiting }: Obstacle): readonly Matter[] {
  // It was planned, and ends by itself.
  if (kind === 'maintenance') return [];
  const campaigns = [...waiting.map((id) => parseTrialId(id).campaignId), ...(held === null ? [] : [held.campaignId])];
  const about = `${kind}/${lab}/${name}`;
  const which =
    { held: held?.key, fault: since, latched: since, paused: since, stock: empty ? 'empty' : 'low' }[kind as string] ??
    '';
  const trials = waiting.length === 0 ? '' : `; ${count(waiting.length, 'trial')} waiting`;
  return [
    {
      subject: `${about}/${which}`,
      about: kind === 'held' ? `${about}/${which}` : about,
      kind: kind === 'latched' ? 'stop' : kind === 'paused' ? 'fault' : kind,
      campaigns: [...new Set(campaigns)],
      lab,
      trials: [...waiting],
      since,
      text: `${lab}/${name}: ${cleanLine(text, 500)}${trials}`,
      commands: [...remedies],
      designs: {},
      momentary: false,
    },
  ];
}

/** A moment for people, in UTC. */
export function moment(at: number): string {
  return `${new Date(at).toISOString().replace('T', ' ').slice(0, 16)} UTC`;
}

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`;
}
