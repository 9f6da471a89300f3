import { type Finding, findingOf, startsOf } from './check.js';
import { benchCampaign, instrumentOf, instruments, type Variant } from './lab.js';
import type { Label } from './labels.js';
import { type Lane, labName, type Victim } from './lane.js';
import { orderStop } from './stops.js';
import { runOf, stopped, within } from './wait.js';

/** A campaign that nobody disturbed, and how often it passed each point at which it can be stopped. */
export interface Reference {
  readonly finding: Finding;
  readonly passed: Readonly<Record<'worker' | 'adapter' | 'workflow', Readonly<Record<string, number>>>>;
}

/** One disturbed campaign. */
export interface Run extends Finding {
  /** From the kill to the next thing that a device began, or the campaign's end, milliseconds. */
  readonly stoodStillMs: number;
}

/** Events after which a campaign's workflow begins anew. */
const historyLimit = 25;

/** Runs a campaign to its end, undisturbed. */
export async function referenceRun(lane: Lane, id: string, variant: Variant, seed: number): Promise<Reference> {
  for (const worker of [lane.worker, lane.adapter]) await worker.order(null);
  const runs = new Set<string>();
  const timer = setInterval(() => void runOf(lane, id).then((run) => run !== null && runs.add(run)), 200);
  const finding = await begunRun(lane, id, variant, seed).finally(() => clearInterval(timer));
  const [worker, adapter] = [await lane.worker.passed(), await lane.adapter.passed()];
  // It is paused once, and resumed, where that is looked at.
  const passed = { worker: { ...worker, 'before audit': 2 }, adapter, workflow: { anew: runs.size - 1 } };
  return { finding, passed };
}

/** Runs a campaign, kills the victim once at the label, starts it again, and lets the campaign end. */
export async function disturbedRun(
  lane: Lane,
  id: string,
  given: {
    readonly label: Label;
    readonly victim: Victim;
    readonly seed: number;
    readonly passed: Reference['passed'];
  },
): Promise<Run> {
  const { label, victim, seed } = given;
  let stoodStillMs = 0;
  for (const worker of [lane.worker, lane.adapter]) await worker.order(null);
  const stop = await orderStop(lane, { ...given, id });
  stop.held.catch(() => undefined);
  const disturb = async () => {
    const pause = label.paused === true ? pauseOnce(lane, id) : Promise.resolve();
    pause.catch(() => undefined);
    const at = await within(stop.held, 'the label was not reached');
    const device = at.device ?? (at.key === null ? null : instrumentOf(at.key)) ?? instruments[seed % 3]!;
    const killedAt = Date.now();
    await lane.kill(victim, device);
    stop.goOn();
    await lane.restart(victim, device);
    await within(pause, 'the pause was not taken');
    await stopped(lane, id);
    const endedAt = Date.now();
    // The call that was stopped may arrive all the same.
    const isNext = (start: { at: number; key: string }) =>
      start.at > killedAt && (at.device === null || start.key !== at.key);
    stoodStillMs = ((await startsOf(lane, id)).find(isNext)?.at ?? endedAt) - killedAt;
  };
  const finding = await begunRun(lane, id, label.variant, seed, disturb);
  return { ...finding, stoodStillMs };
}

/** Begins a campaign, has something done with it, and looks at what came of it once it has ended. */
export async function begunRun(
  lane: Lane,
  id: string,
  variant: Variant,
  seed: number,
  act: () => Promise<void> = async () => undefined,
): Promise<Finding> {
  const campaign = benchCampaign(id, labName, { variant, seed });
  if (variant === 'failing') {
    const { spectrometer } = lane.devices;
    await spectrometer.order({ fault: 'break', on: 'submit' }, campaign.spec.budget.trials);
  }
  await lane.control.start(campaign, { historyLimit });
  await act();
  await stopped(lane, id);
  return findingOf(lane, campaign, variant);
}

/** A person pauses once the first trial has begun, and resumes; where a server is away, says so again. */
async function pauseOnce(lane: Lane, id: string): Promise<void> {
  while ((await startsOf(lane, id)).length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  for (const act of ['pause', 'resume'] as const) {
    let saidBefore = false;
    const said = () =>
      lane.control[act](id, { who: 'ann' }).then(
        () => true,
        (error: { readonly code?: string }) => {
          // It was heard the first time, although no answer came.
          if (error.code === 'WRONG_STATE' && saidBefore) return true;
          if (error.code !== 'SERVICE_UNAVAILABLE') throw error;
          saidBefore = true;
          return false;
        },
      );
    while (!(await said())) await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
