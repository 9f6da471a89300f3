import type { Campaign } from '../../models/domain/campaign.js';
import { cleanText } from '../../models/domain/clean-text.js';
import type { TrialRecord } from '../../models/domain/record.js';
import { durationsOf, type FidelityDurations } from '../../models/strategy/explain/durations.js';
import type { CampaignReport } from '../durable/course.js';
import { traceOf } from '../outcome.js';
import { endedTrials, progressBlock, trialLine } from '../progress.js';
import type { Terminal } from './terminal.js';

/** Shows how a campaign goes on: on a screen as a block that is written over, elsewhere as a line for each ended trial. */
export interface LiveProgress {
  show(report: CampaignReport): void;
  /** Writes a line above the block. */
  note(line: string): void;
  /** Waits until everything is shown, and leaves the block as it is. */
  close(): Promise<void>;
}

/** @param trials - reads all trials of the campaign: for the lines of those that have ended, and how long they took */
export function liveProgress(
  terminal: Terminal,
  campaign: Campaign,
  trials: () => Promise<readonly TrialRecord[]>,
): LiveProgress {
  return terminal.screen ? screenProgress(terminal, campaign, trials) : lineProgress(terminal, campaign, trials);
}

function screenProgress(
  terminal: Terminal,
  campaign: Campaign,
  trials: () => Promise<readonly TrialRecord[]>,
): LiveProgress {
  let drawn = 0;
  let known: readonly TrialRecord[] = [];
  let durations: readonly FidelityDurations[] = [];
  let read = '';
  /** Reads the trials anew where some have ended or begun; the next drawing shows what they tell. */
  const readTrials = async (report: CampaignReport) => {
    const now = `${endedTrials(report)} ${report.inFlight.map(({ id }) => id).join()}`;
    if (now === read) return;
    read = now;
    known = await trials();
    durations = durationsOf(campaign.spec.fidelities, known);
  };
  let last: CampaignReport | null = null;
  const erase = () => {
    if (drawn > 0) terminal.draw(`\u001b[${drawn}A\u001b[0J`);
    drawn = 0;
  };
  const draw = () => {
    if (last === null) return;
    const block = progressBlock(campaign, last, Date.now(), durations, known);
    const lines = block.map((line) => cleanText(line).slice(0, terminal.width - 1));
    erase();
    terminal.draw(lines.map((line) => `${line}\n`).join(''));
    drawn = lines.length;
  };
  // Times grow also while nothing changes.
  const timer = setInterval(draw, 1_000);
  timer.unref();
  return {
    show: (report) => {
      last = report;
      draw();
      // Trials that cannot be had now are read with the next change.
      readTrials(report).catch(() => undefined);
    },
    note: (line) => {
      erase();
      terminal.note(line);
      draw();
    },
    close: async () => clearInterval(timer),
  };
}

function lineProgress(
  terminal: Terminal,
  campaign: Campaign,
  trials: () => Promise<readonly TrialRecord[]>,
): LiveProgress {
  const told = new Set<string>();
  let phase: string | null = null;
  let tail = Promise.resolve();
  let durations: readonly FidelityDurations[] = [];
  const unheard = async () => {
    const all = await trials();
    durations = durationsOf(campaign.spec.fidelities, all);
    const news = traceOf({ campaign, trials: all }).filter(({ trial }) => !told.has(trial.proposal.id));
    for (const { trial } of news) told.add(trial.proposal.id);
    return { news, all };
  };
  const tell = async (report: CampaignReport) => {
    const isFirst = phase === null;
    const { news, all } = endedTrials(report) <= told.size ? { news: [], all: [] } : await unheard();
    // What ended before this command came is told in one block.
    const block = () => progressBlock(campaign, report, Date.now(), durations, all);
    const lines = isFirst ? block() : news.map((step) => trialLine(campaign, step, all));
    if (!isFirst || news.length > 0) for (const line of lines) terminal.note(line);
    if (!isFirst && report.phase !== phase) terminal.note(`${campaign.id}: ${report.phase}`);
    phase = report.phase;
  };
  return {
    show: (report) => {
      // A line that cannot be had now comes with the next change.
      tail = tail.then(() => tell(report)).catch(() => undefined);
    },
    note: terminal.note,
    close: () => tail,
  };
}
