import { ActivityFailure, CancellationScope, condition, patched } from '@temporalio/workflow';
import type { Entry } from '../activities/by-person.js';
import type { NewAuditEntry } from '../activities/store/audit.js';
import type { NewRuling } from '../activities/store/ruling.js';
import { ApprovalTimers, newDeadlines, withDeadlines } from './approval-timers.js';
import type { CampaignInput } from './campaign-input.js';
import { step } from './campaign-state.js';
import { ChangeQueue, type Ordered } from './change-queue.js';
import { endEvents, presentInput } from './earlier-forms.js';
import { rootMessage } from './failures.js';
import {
  initialState,
  type LoopCommand,
  type LoopEvent,
  type LoopState,
  type LoopStep,
  problemText,
  type Slot,
} from './loop.js';
import type { CampaignStatus } from './messages.js';
import { mirrorOf } from './mirror.js';
import { type Own, ProposalActs, type Said } from './proposal-acts.js';
import { activities } from './proxies.js';
import { Rounds } from './rounds.js';
import { RulingQueue } from './ruling-queue.js';
import { TrialChildren } from './trial-children.js';
import { Tunings } from './tunings.js';
import { WallClock } from './wall-clock.js';

/** Carries out on Temporal what the reducer commands; holds no decision of its own. */
export class CampaignHost {
  private state: LoopState;
  private readonly commands: LoopCommand[] = [];
  private readonly startedAt: number;
  private readonly runs: number;
  private wallClockMs: number | null;
  private readonly clock: WallClock;
  private readonly call = activities();
  private readonly means = {
    campaignId: () => this.input.campaignId,
    state: () => this.state,
    dispatch: (event: LoopEvent) => this.dispatch(event),
    operate: (work: () => Promise<unknown>) => this.operate(work),
    insist: <T>(work: () => Promise<T>) => this.insist(work),
    call: this.call,
    hasHeard: () => condition(() => this.children.isQuiet),
  };
  private readonly rulings = new RulingQueue(this.means);
  private readonly changes = new ChangeQueue({
    ...this.means,
    setWallClock: (wallClockMs) => this.setWallClock(wallClockMs),
    write: (change) => this.call.change(change),
  });
  private readonly rounds = new Rounds({
    ...this.means,
    untilSolved: (key, text, also) => this.untilSolved(key, text, also),
    solved: (key) => void this.follow({ type: 'problem', key, text: null }),
    timed: (slots) => this.timed(slots),
  });
  private readonly acts = new ProposalActs(this.means);
  readonly tunings = new Tunings(this.means);
  private readonly approvals = new ApprovalTimers(
    (id, ending) => void this.operate(() => this.acts.overdue(id, ending)),
  );
  /** Operations under way that a continued run could not take over. */
  private busy = 0;
  /** Operations that are tried until they succeed, each with a problem of its own. */
  private insisted = 0;
  private closing = false;
  private finished = false;
  private readonly children: TrialChildren;
  private mirrored: Promise<void> = Promise.resolve();
  private readonly input: CampaignInput;

  constructor(given: CampaignInput) {
    const input = presentInput(given);
    this.input = input;
    this.state = input.carried?.state ?? initialState(input.settings);
    this.startedAt = input.carried?.startedAt ?? Date.now();
    this.runs = input.carried?.runs ?? 1;
    this.wallClockMs = input.wallClockMs;
    this.clock = new WallClock(this.startedAt, () => this.dispatch({ type: 'drain', reason: 'wallClock' }));
    this.children = new TrialChildren({
      ...this.means,
      campaignId: input.campaignId,
      lab: input.settings.lab ?? false,
      people: input.settings.people ?? [],
      take: (end) => {
        for (const event of endEvents(end)) this.dispatch(event);
      },
      wait: (id) => this.dispatch({ type: 'needs', id, needs: 'result' }),
    });
  }

  /** The campaign has stopped, or what remains of it is not ours. */
  get isOver(): boolean {
    return this.finished;
  }

  get isIdle(): boolean {
    return this.busy === 0;
  }

  status(): CampaignStatus {
    const { state, startedAt, wallClockMs, runs } = this;
    return { ...state, startedAt, wallClockMs, problem: problemText(state), runs };
  }

  /** Starts the campaign, or goes on where the last run ended. */
  begin(): void {
    this.setWallClock(this.wallClockMs);
    if (this.input.carried === undefined) {
      this.dispatch({ type: 'started' });
      return;
    }
    // Of what goes on from the store and is over at once, the store does not know it yet.
    if (this.state.phase === 'stopped' && patched('ends-at-once')) this.mirror();
    this.state = { ...this.state, waiting: this.timed(this.state.waiting) };
    this.approvals.watch(this.state.waiting);
    const { commands } = this.input.carried;
    const current = this.state.tunings?.current ?? null;
    if (current !== null && !commands.some(({ type }) => type === 'tune'))
      this.execute({ type: 'tune', order: current });
    for (const command of commands) this.execute(command);
    this.children.lookAfter();
  }

  /** From now on the state still follows events, but commands are kept for the next run. */
  close(): void {
    this.closing = true;
    this.clock.stop();
    this.approvals.stop();
    this.children.leave();
  }

  /** What the next run is started with. */
  carryOver(): CampaignInput {
    const { state, commands, startedAt } = this;
    const carried = { state, commands, startedAt, runs: this.runs + 1 };
    return { ...this.input, wallClockMs: this.wallClockMs, carried };
  }

  /** Lets an event change the state and carries out what follows from it. */
  dispatch(event: LoopEvent): void {
    const { state, commands } = this.follow(event);
    if (state.phase === 'aborting') this.rounds.cancel();
    for (const command of commands) this.execute(command);
  }

  /** Lets an event change the state, and has the store know what is shown of it. */
  private follow(event: LoopEvent, mirrored = true): LoopStep {
    const before = this.state;
    const next = step(this.input.settings, before, event);
    this.state = next.state;
    this.approvals.watch(this.state.waiting);
    const shown = ['phase', 'stop', 'budget', 'parallel', 'problems'] as const;
    if (mirrored && shown.some((name) => next.state[name] !== before[name])) this.mirror();
    return next;
  }

  /** Sets the time after which the campaign drains, milliseconds from its start. */
  setWallClock(wallClockMs: number | null): void {
    this.wallClockMs = wallClockMs;
    if (wallClockMs === null || this.closing) this.clock.stop();
    else this.clock.set(wallClockMs);
  }

  /** A person has seen to the problems: what failed is tried again. */
  solve(): void {
    this.follow({ type: 'solved' });
  }

  /** Waits until a person has seen to a problem. */
  private async untilSolved(key: string, text: string, also = () => false, mirrored = true): Promise<void> {
    this.follow({ type: 'problem', key, text }, mirrored);
    await condition(() => !this.state.problems.some((problem) => problem.key === key) || also());
  }

  /** Writes a person's decision down; returns when it is in the store. */
  async writeDown(entry: Omit<NewAuditEntry, 'campaignId' | 'at'>): Promise<void> {
    await this.operate(() => this.call.audit({ ...entry, campaignId: this.input.campaignId, at: Date.now() }));
  }

  /** Has a person's change of what is in force written down, and then does it; see `ChangeQueue`. */
  async change(ordered: Omit<Ordered, 'at'>): Promise<void> {
    this.solve();
    await this.operate(() => this.changes.change({ ...ordered, at: Date.now() }));
    await this.isMirrored();
  }

  /** Has a person's ruling written down; see `RulingQueue`. */
  async rule(ruling: Omit<NewRuling, 'sinceRound' | 'at'>): Promise<void> {
    await this.operate(() => this.rulings.rule({ ...ruling, at: Date.now() }));
  }

  /** Has it written down that a person wants a proposal, or does not; see `ProposalActs`. */
  async sayOf(said: Said): Promise<void> {
    await this.operate(() => this.acts.sayOf(said));
  }

  /** Has a person's own design stored and proposed; see `ProposalActs`. */
  async place(own: Own): Promise<void> {
    await this.operate(() => this.acts.place(own));
  }

  /** Has it stored what a person says that a trial gave which waits for that; returns when it is in the store. */
  async enter(entry: Omit<Entry, 'campaignId' | 'at'>): Promise<void> {
    await this.operate(async () => {
      const end = await this.call.enter({ ...entry, campaignId: this.input.campaignId, at: Date.now() });
      for (const event of endEvents(end)) this.dispatch(event);
    });
  }

  /** Slots with the time until which they wait, which is written down where it was not known. */
  private timed(slots: readonly Slot[]): readonly Slot[] {
    const timed = withDeadlines(slots, Date.now());
    const untils = newDeadlines(slots, timed);
    if (Object.keys(untils).length > 0) void this.operate(() => this.insist(() => this.call.setDeadlines(untils)));
    return timed;
  }

  private execute(command: LoopCommand): void {
    if (this.closing) {
      this.commands.push(command);
      return;
    }
    switch (command.type) {
      case 'propose':
        void this.operate(() => this.rounds.propose(command));
        break;
      case 'startTrial':
        this.children.start(command);
        break;
      case 'cancelTrial':
        void this.operate(() => this.children.cancel(command.id, command.generation));
        break;
      case 'average':
        void this.operate(() => this.rulings.average(command.id));
        break;
      case 'withdraw':
        void this.operate(() => this.insist(() => this.call.withdraw(command.ids)));
        break;
      case 'tune':
        void this.operate(() => this.tunings.start(command.order));
        break;
      case 'cancelTuning':
        void this.operate(() => this.tunings.cancel(command.n));
        break;
      case 'finish':
        this.finished = true;
        this.clock.stop();
        this.children.leave();
    }
  }

  /** Runs an operation that a cancellation of the workflow leaves alone and a continued run waits for. */
  private async operate(work: () => Promise<unknown>): Promise<void> {
    this.busy += 1;
    try {
      await CancellationScope.nonCancellable(work);
    } finally {
      this.busy -= 1;
    }
  }

  /** A trial is said to have ended. */
  hear(id: string, generation: number): void {
    this.children.hear(id, generation);
  }

  /** Waits until the store says what is in force. */
  async isMirrored(): Promise<void> {
    await this.mirrored;
  }

  private mirror(): void {
    const copy = { campaignId: this.input.campaignId, ...mirrorOf(this.status()) };
    const before = this.mirrored;
    this.mirrored = this.operate(async () => {
      await before;
      await this.insist(() => this.call.mirror(copy), false);
    });
  }

  /** Tries until it succeeds; where trying is of no use, a person must look first. */
  private async insist<T>(work: () => Promise<T>, mirrored = true): Promise<T> {
    this.insisted += 1;
    const key = `store ${this.insisted}`;
    for (;;) {
      try {
        return await work();
      } catch (error) {
        // Anything else is a fault of the workflow's code, which a new version mends.
        if (!(error instanceof ActivityFailure)) throw error;
        await this.untilSolved(key, rootMessage(error), undefined, mirrored);
      }
    }
  }
}
