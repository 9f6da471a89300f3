import { condition, continueAsNew, getExternalWorkflowHandle, patched, setHandler, sleep } from '@temporalio/workflow';
import type { ClosedTime } from '../activities/maintenance.js';
import { whenDue } from './due.js';
import type { LeaseCommand, LeaseEvent, LeaseState, Want } from './lease-life.js';
import * as messages from './lease-messages.js';
import { beginLeases, stepLeases } from './lease-state.js';
import { heeding } from './payloads.js';
import { activities } from './proxies.js';
import { instrumentWorkflowId } from './queues.js';

/** What the workflow of an instrument or position is started with. */
export interface InstrumentInput {
  readonly lab: string;
  readonly name: string;
  /** Events of history after which to continue as new, although the server does not suggest it yet; for tests. */
  readonly historyLimit?: number;
  /** Present in every run but the first. */
  readonly carried?: {
    readonly state: LeaseState;
    readonly commands: readonly LeaseCommand[];
    readonly closed: readonly ClosedTime[];
    readonly until: number;
    /** Absent where an earlier version began the run before. */
    readonly lookAt?: number;
  };
}

/** Events of history, or things heard, after which it begins anew; it has nothing to lose by that. */
const mostEvents = 2_000;
/** How long after the last grant it is first looked whether holders are still there, milliseconds; doubled each time. */
const firstLookMs = 15 * 60_000;
/** The same for one that knows of leases by the store alone: whoever had them may be gone. */
const newLookMs = 10_000;
const longestLookMs = 6 * 3_600_000;

/**
 * Who has an instrument or position, and who has it next; its id is `instrument/LAB/NAME`, and it never ends. What it decides says
 * `lease-state.ts`; what is leased stands in the store, from which it goes on where its own memory was lost. Who waits asks
 * again from time to time.
 */
export async function instrumentWorkflow(input: InstrumentInput): Promise<void> {
  const host = new InstrumentHost(input);
  setHandler(messages.leases, () => host.state);
  setHandler(
    messages.wantSlot,
    heeding('wantSlot', messages.readWant, (want) => host.hear({ type: 'wanted', want })),
  );
  setHandler(
    messages.returnSlot,
    heeding('returnSlot', messages.readReturn, ({ key }) => host.hear({ type: 'returned', key })),
  );
  setHandler(messages.labChanged, () => host.noteChange());
  const most = input.historyLimit ?? mostEvents;
  const isDue = whenDue(most);
  // One that is told of changes all the time is never quiet enough to ask for the length of its history.
  const hasHeardMuch = patched('anew-when-much-was-heard') ? () => host.heard >= most : () => false;
  await host.begin();
  while (!isDue() && !hasHeardMuch()) {
    await condition(() => host.isChanged || isDue() || hasHeardMuch(), host.restMs());
    await host.look();
  }
  host.close();
  await condition(() => host.isIdle);
  await continueAsNew<typeof instrumentWorkflow>(host.carryOver());
}

class InstrumentHost {
  state: LeaseState;
  isChanged = false;
  /** Events of this run, readings among them. */
  heard = 0;
  private closed: readonly ClosedTime[];
  private until: number;
  private readonly call = activities();
  private commands: LeaseCommand[];
  private closing = false;
  private busy = 0;
  /** Keys whose slots were given back, until a reading has come since that says so: it may have been made before. */
  private readonly givenBack: Set<string>;
  private readonly looksSoon: boolean;
  private lookMs = firstLookMs;
  private lookAt = Date.now() + firstLookMs;

  constructor(private readonly input: InstrumentInput) {
    const { state = beginLeases(), closed = [], until = 0, commands = [] } = input.carried ?? {};
    this.state = state;
    this.closed = closed;
    this.until = until;
    this.commands = [...commands];
    this.looksSoon = patched('look-soon');
    if (this.looksSoon) this.lookAt = input.carried?.lookAt ?? Date.now() + newLookMs;
    this.givenBack = new Set(state.leases.flatMap(({ stage, want }) => (stage === 'releasing' ? want.key : [])));
  }

  get isIdle(): boolean {
    return this.busy === 0;
  }

  async begin(): Promise<void> {
    for (const command of this.commands.splice(0)) this.execute(command);
    await this.look();
  }

  hear(event: LeaseEvent): void {
    this.heard += 1;
    if (event.type === 'wanted') this.givenBack.delete(event.want.key);
    if (event.type === 'returned' || event.type === 'lost') this.givenBack.add(event.key);
    const { state, commands } = stepLeases(this.state, event);
    this.state = state;
    for (const command of commands) this.execute(command);
  }

  noteChange(): void {
    this.isChanged = true;
  }

  /** Milliseconds until something is to be looked at though nothing was said. */
  restMs(): number {
    const now = Date.now();
    const boundaries = this.closed.flatMap(({ from, until }) => [from, until]).filter((at) => at > now);
    const looked = this.state.leases.length === 0 ? [] : [this.lookAt];
    return Math.max(1, Math.min(this.until, ...boundaries, ...looked) - now);
  }

  /** Reads what has changed, begins and ends maintenance, and looks for holders that are gone. */
  async look(): Promise<void> {
    const now = Date.now();
    const isTold = this.isChanged;
    if (isTold || now >= this.until) {
      this.isChanged = false;
      const { closed, until, ...read } = await this.insist(() => this.call.readInstrument({ ...this.place, now }));
      this.closed = closed;
      this.until = until;
      this.maintain();
      this.hear({ type: 'read', ...read });
      this.heedGivenBack();
      // A person may have spoken of a trial whose workflow is gone.
      if (isTold && patched('holders-are-looked-for-when-told')) await this.lookForHolders();
    }
    this.maintain();
    if (Date.now() < this.lookAt) return;
    this.lookMs = Math.min(longestLookMs, 2 * this.lookMs);
    this.lookAt = Date.now() + this.lookMs;
    // What a person said of a job that is held stands in the store.
    if (this.state.leases.some(({ stage }) => stage === 'held')) this.noteChange();
    await this.lookForHolders();
  }

  /** From now on events change the state, but what follows from them is left to the next run. */
  close(): void {
    this.closing = true;
  }

  carryOver(): InstrumentInput {
    const { state, commands, closed, until, lookAt } = this;
    return { ...this.input, carried: { state, commands, closed, until: this.isChanged ? 0 : until, lookAt } };
  }

  private get place() {
    return { lab: this.input.lab, name: this.input.name };
  }

  private maintain(): void {
    const now = Date.now();
    const why = this.closed.find(({ from, until }) => from <= now && now < until)?.why ?? null;
    if (why !== this.state.maintenance) this.hear({ type: 'maintenance', why });
  }

  /** Who has a slot begins a workflow anew that was lost, which then hears that it is given back before it has read of the lease. */
  private heedGivenBack(): void {
    for (const key of [...this.givenBack]) {
      const stage = this.state.leases.find(({ want }) => want.key === key)?.stage;
      if (stage === 'granted' && patched('given-back-before-read')) this.hear({ type: 'returned', key });
      else if (stage === undefined || stage === 'held') this.givenBack.delete(key);
    }
  }

  private async lookForHolders(): Promise<void> {
    const held = this.state.leases.filter(({ stage }) => stage === 'granted');
    if (held.length === 0) return;
    const gone = await this.insist(() => this.call.goneHolders(held.map(({ want }) => want.holder)));
    // One that was begun anew has asked again meanwhile, and is there.
    const isStill = (want: Want) => !this.looksSoon || this.state.leases.some((lease) => lease.want === want);
    for (const { want } of held)
      if (gone.includes(want.holder) && isStill(want)) this.hear({ type: 'lost', key: want.key });
  }

  private execute(command: LeaseCommand): void {
    if (this.closing) {
      this.commands.push(command);
      return;
    }
    this.busy += 1;
    void this.carryOut(command).finally(() => {
      this.busy -= 1;
    });
  }

  private async carryOut(command: LeaseCommand): Promise<void> {
    const { place } = this;
    const now = Date.now();
    if (command.type === 'tell') return this.tell(command);
    if (command.type === 'grant') {
      this.lookMs = firstLookMs;
      // Where others are granted all the time, too.
      this.lookAt = this.looksSoon ? Math.min(this.lookAt, now + firstLookMs) : now + firstLookMs;
      const { place: at, want } = command;
      return this.hear(await this.insist(() => this.call.writeGrant({ ...place, place: at, want, now })));
    }
    const { event, concerns } = await this.insist(() => this.call.writeRelease({ ...place, key: command.key, now }));
    this.hear(event);
    for (const name of concerns) await this.tellOfChange(name);
  }

  private async tell({ place, fence, want }: LeaseCommand & { type: 'tell' }): Promise<void> {
    const { lab, name } = this.input;
    const slot = `${lab}/${name}#${place}`;
    try {
      const handle = getExternalWorkflowHandle(want.holder);
      await handle.signal(messages.slotGranted, { key: want.key, lab, instrument: name, slot, fence });
    } catch {
      this.hear({ type: 'lost', key: want.key });
    }
  }

  private async tellOfChange(name: string): Promise<void> {
    if (name === this.input.name) return this.noteChange();
    const handle = getExternalWorkflowHandle(instrumentWorkflowId(this.input.lab, name));
    // One that does not run has nobody waiting.
    await handle.signal(messages.labChanged).catch(() => undefined);
  }

  /** Tries until it succeeds: what the server does not repeat is a fault that a person or a new version mends. */
  private async insist<T>(work: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await work();
      } catch {
        await sleep('1m');
      }
    }
  }
}
