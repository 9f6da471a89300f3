import type { WaitingTrial } from '../activities/store/inbox.js';
import { seenMark } from '../models/domain/seen.js';
import type { FullInbox } from './durable/control-contract.js';
import { durationText } from './duration-text.js';
import { cleanLine, failureLine } from './failure-line.js';
import { awayText } from './progress.js';
import { obstacleText } from './stillness-lines.js';
import { formatExpected, formatNumber } from './wording.js';

/** What waits for a person, each with what is known of it and the commands that answer it. @param now - milliseconds since 1970 */
export function inboxLines({ trials, problems, away, obstacles }: FullInbox, now: number): readonly string[] {
  const lines = trials.flatMap((trial) => [
    `${trial.trialId}  ${headOf(trial, `for ${durationText(now - trial.since)}`)}`,
    `  ${trial.fidelity}, cost ${formatNumber(trial.estimatedCost)}: ${designOf(trial)}`,
    `  ${cleanLine(trial.reason.text)}${expectedOf(trial)}`,
    ...(trial.instructions?.split('\n').map((line) => `  ${cleanLine(line)}`) ?? []),
    ...commandsOf(trial).map((command) => `  ${command}`),
  ]);
  for (const { campaignId, text, phase } of problems)
    lines.push(`${campaignId}  ${phase}, problem: ${cleanLine(text)}`, `  athanor resume ${campaignId}`);
  for (const { campaignId, name, since, trials: ids } of away)
    lines.push(
      `${campaignId}  ${awayText(name, now - since, ids.length)}`,
      ...ids.map((id) => `  athanor retry ${id}`),
    );
  for (const obstacle of obstacles)
    lines.push(obstacleText(obstacle, now), ...obstacle.remedies.map((command) => `  ${command}`));
  return lines.length === 0 ? ['nothing waits for a person'] : lines;
}

/** What a trial waits for, and until when. @param waits - since when, or for how long, in words */
export function headOf({ needs, approval, cause, step, instrument, ended }: WaitingTrial, waits: string): string {
  const ofEnded = ended ? ' (the campaign has ended)' : '';
  switch (needs) {
    case 'approval': {
      if (approval === null) return `waits for approval, ${waits}`;
      const { why, until, otherwise } = approval;
      const ends = { wait: 'overdue then', reject: 'rejected then', approve: 'approved then' }[otherwise];
      const limit = until === null ? '' : `, until ${new Date(until).toISOString()} (${ends})`;
      return `waits for approval, ${waits}${limit}: ${why.join('; ')}`;
    }
    case 'result': {
      const what = step === undefined ? 'its result' : `step '${step}'`;
      return `waits for ${what}${instrument === undefined ? '' : ` by people at ${instrument}`}, ${waits}`;
    }
    case 'resolution':
      return `nobody can tell whether its job ran, ${waits}${ofEnded}${causeOf(cause)}`;
    case 'ruling':
      return `quarantined, ${waits}${ofEnded}${causeOf(cause)}`;
  }
}

function causeOf(cause: WaitingTrial['cause']): string {
  return cause === null ? '' : `: ${failureLine(cause)}`;
}

function designOf({ design, rowId }: WaitingTrial): string {
  const values = Object.entries(design).map(
    ([name, value]) => `${name}=${typeof value === 'number' ? formatNumber(value) : value}`,
  );
  return `${rowId === null ? '' : `row ${rowId}, `}${values.join(' ')}`;
}

function expectedOf({ reason: { mean, sd } }: WaitingTrial): string {
  return mean === null || sd === null ? '' : `; expected here ${formatExpected(mean, sd)}`;
}

/** The commands that answer it. */
export function commandsOf(trial: WaitingTrial): readonly string[] {
  const { trialId, needs, step } = trial;
  const seen = `--seen ${seenMark(trial)}`;
  switch (needs) {
    case 'approval':
      return [`athanor approve ${trialId}`, `athanor reject ${trialId} --why TEXT`];
    case 'result':
      return ['NAME=VALUE...', '--failed CLASS --why TEXT'].map(
        (answer) => `athanor enter ${trialId} ${step === undefined ? '' : `--step ${step} `}${answer}`,
      );
    case 'resolution':
      return [
        `athanor resolve ${trialId} --started JOB --why TEXT`,
        `athanor retry ${trialId} --not-started ${seen}`,
        `athanor rule ${trialId} --failed CLASS ${seen} --why TEXT`,
      ];
    case 'ruling':
      return [`athanor release ${trialId} ${seen} --why TEXT`, `athanor discard ${trialId} ${seen} --why TEXT`];
  }
}
