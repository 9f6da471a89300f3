import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  currentUpdateInfo,
  patched,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { Change } from '../models/domain/change.js';
import { CampaignHost } from './campaign-host.js';
import type { CampaignInput } from './campaign-input.js';
import type { Ordered } from './change-queue.js';
import { whenDue } from './due.js';
import type { LoopEvent } from './loop.js';
import * as messages from './messages.js';
import { heeding, readTrialEnded, readTuningEnded } from './payloads.js';
import { validators } from './validators.js';

/**
 * A campaign, from its first proposal to its stop; its id is the campaign's.
 *
 * Updates change it, signals tell it of trials, a query shows it; see messages.ts. When the server suggests it, the
 * workflow continues as new: no command is carried out any more, those under way and all handlers are waited for, and
 * the state goes on to the next run with the commands that are still to be carried out. A cancellation of the workflow
 * is an abort.
 */
export async function campaignWorkflow(input: CampaignInput): Promise<messages.CampaignStatus> {
  const host = new CampaignHost(input);
  answer(host);
  void CancellationScope.current().cancelRequested.catch(() => host.dispatch({ type: 'abort' }));
  return CancellationScope.nonCancellable(() => life(host, input));
}

async function life(host: CampaignHost, input: CampaignInput): Promise<messages.CampaignStatus> {
  const isDue = whenDue(input.historyLimit);
  host.begin();
  await condition(() => host.isOver || isDue());
  if (!host.isOver) {
    host.close();
    await condition(() => host.isIdle && allHandlersFinished());
    if (!host.isOver) await continueAsNew<typeof campaignWorkflow>(host.carryOver());
  }
  await condition(() => host.isIdle && allHandlersFinished());
  return host.status();
}

function answer(host: CampaignHost): void {
  setHandler(messages.status, () => host.status());
  setHandler(
    messages.trialEnded,
    heeding('trialEnded', readTrialEnded, ({ id, generation }) => host.hear(id, generation)),
  );
  setHandler(
    messages.tuningEnded,
    heeding('tuningEnded', readTuningEnded, ({ n }) => host.tunings.hear(n)),
  );
  const simple = [
    ['pause', messages.pause, { type: 'pause' }],
    ['resume', messages.resume, { type: 'resume' }],
    ['drain', messages.drain, { type: 'drain', reason: 'drained' }],
    ['abort', messages.abort, { type: 'abort' }],
  ] as const;
  for (const [name, update, event] of simple) {
    setHandler(update, (decided) => obey(host, name, decided, {}, event), {
      validator: (decided) => validators[name](host.status(), decided),
    });
  }
  const changed = async (
    action: Ordered['action'],
    who: string,
    why: string | null,
    change: Change,
    after?: number,
  ) => {
    const known = after === undefined ? {} : { after };
    await host.change({ action, who, why, change, ...known, requestId: currentUpdateInfo()!.id });
    return host.status();
  };
  setHandler(messages.change, ({ who, note, after, ...change }) => changed('change', who, note, change, after), {
    validator: (change) => validators.change(host.status(), change),
  });
  setHandler(
    messages.changeBudget,
    (change) => {
      const { who, note = null, ...budget } = change;
      if (patched('changes-are-written-first')) return changed('budget', who, note, { budget });
      const { cost, trials } = { ...host.status().budget, ...budget };
      if (change.wallClockMs !== undefined) host.setWallClock(change.wallClockMs);
      return obey(host, 'budget', change, budget, { type: 'budget', budget: { cost, trials } });
    },
    { validator: (change) => validators.changeBudget(host.status(), change) },
  );
  setHandler(
    messages.changeParallel,
    (change) => {
      const { who, note = null, parallel } = change;
      if (patched('changes-are-written-first')) return changed('parallel', who, note, { parallel });
      return obey(host, 'parallel', change, { parallel }, { type: 'parallel', parallel });
    },
    { validator: (change) => validators.changeParallel(host.status(), change) },
  );
  setHandler(
    messages.retry,
    (change) => {
      const { slot } = change;
      return obey(host, 'retry', change, { slot }, { type: 'retry', slot });
    },
    { validator: (change) => validators.retry(host.status(), change, workflowInfo().workflowId) },
  );
  const says = [
    ['approve', messages.approve],
    ['reject', messages.reject],
  ] as const;
  for (const [action, update] of says) {
    const answered = async ({ trialId, who, note }: messages.OfTrial) => {
      await host.sayOf({ action, trialId, who, why: note ?? null, requestId: currentUpdateInfo()!.id });
      return host.status();
    };
    setHandler(update, answered, {
      validator: (change) => validators[action](host.status(), change, workflowInfo().workflowId),
    });
  }
  const placed = async ({
    who,
    note,
    cost: _,
    trialId,
    ...own
  }: messages.OwnDesign & { readonly trialId?: string }) => {
    const instead = trialId === undefined ? {} : { insteadOf: trialId };
    await host.place({ ...own, ...instead, who, why: note, requestId: currentUpdateInfo()!.id });
    return host.status();
  };
  setHandler(
    messages.finetune,
    async ({ who, note, ...asked }) => {
      const why = note === undefined ? {} : { why: note };
      host.dispatch({ type: 'tune', trigger: 'by hand', ...asked, who, ...why });
      return host.status();
    },
    { validator: (change) => validators.finetune(host.status(), change) },
  );
  setHandler(
    messages.useVersion,
    async ({ who, note, at, version }) => {
      await host.tunings.use({ at, version, who, why: note, requestId: currentUpdateInfo()!.id });
      return host.status();
    },
    { validator: (change) => validators.useVersion(host.status(), change) },
  );
  setHandler(messages.edit, placed, {
    validator: (change) => validators.edit(host.status(), change, workflowInfo().workflowId),
  });
  setHandler(messages.add, placed, { validator: (change) => validators.add(host.status(), change) });
  setHandler(
    messages.enter,
    async ({ note, ...said }) => {
      await host.enter({ ...said, why: note ?? null, requestId: currentUpdateInfo()!.id });
      return host.status();
    },
    { validator: (change) => validators.enter(host.status(), change, workflowInfo().workflowId) },
  );
  setHandler(
    messages.rule,
    async ({ who, note, ...said }) => {
      await host.rule({ ...said, who, why: note, requestId: currentUpdateInfo()!.id });
      return host.status();
    },
    { validator: (change) => validators.rule(host.status(), change, workflowInfo().workflowId) },
  );
}

/** Does at once what a person decided, and returns when it has been written down. */
async function obey(
  host: CampaignHost,
  action: string,
  { who, note }: messages.Decided,
  details: Readonly<Record<string, unknown>>,
  event: LoopEvent,
): Promise<messages.CampaignStatus> {
  const requestId = currentUpdateInfo()!.id;
  host.solve();
  host.dispatch(event);
  await host.writeDown({ requestId, who, action, details: note === undefined ? details : { ...details, note } });
  await host.isMirrored();
  return host.status();
}
