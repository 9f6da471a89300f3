import { describe, expect, it } from 'vitest';
import type { CodesVersion } from '../../models/domain/codes-version.js';
import { step } from '../../workflows/campaign-state.js';
import {
  initialState,
  type LoopCommand,
  type LoopEvent,
  type LoopSettings,
  type LoopState,
} from '../../workflows/loop.js';

const base: LoopSettings = {
  parallel: 1,
  synchronous: false,
  maxConsecutiveFailures: 10,
  budget: { cost: null, trials: 1_000 },
  stop: [],
  goals: { objectives: [{ name: 'f', direction: 'minimise' }], bounds: [] },
};
const version = (encoder: string, at = 0): CodesVersion => ({
  ...{ at, encoder, output: 'o', identity: 'a'.repeat(64), artefact: 'b'.repeat(64) },
});

/** A campaign one trial after the other. */
class Run {
  state: LoopState;
  readonly commands: LoopCommand[] = [];

  constructor(readonly settings: LoopSettings) {
    this.state = initialState(settings);
    this.tell({ type: 'started' });
  }

  tell(event: LoopEvent): void {
    const { state, commands } = step(this.settings, this.state, event);
    this.state = state;
    this.commands.push(...commands);
  }

  /** Lets so many rounds of one trial be measured. */
  measure(count: number, inside?: boolean): void {
    for (let i = 0; i < count; i++) {
      const { round } = this.state;
      const id = `c/r${round}/p1`;
      this.tell({ type: 'proposed', round, proposals: [{ id, cost: 1 }], shortfall: null });
      const judged = { losses: [100 - round], feasible: true };
      const told = inside === undefined ? {} : { inside };
      this.tell({ type: 'trialEnded', id, outcome: 'measured', cost: 1, judged, cause: null, ...told });
    }
  }

  orders() {
    return this.commands.flatMap((command) => (command.type === 'tune' ? [command.order] : []));
  }

  asked() {
    return this.commands.flatMap((command) => (command.type === 'propose' ? [command] : []));
  }
}

describe('fine-tuning in the loop', () => {
  it('is ordered after so many results, with what is known then, one at a time', () => {
    const run = new Run({ ...base, tune: [{ at: 1, every: 3, atLeast: 5 }] });
    run.measure(4);
    expect(run.orders()).toEqual([]);
    run.measure(1);
    const first = { n: 1, at: 1, trigger: '5 new results', who: 'athanor', round: 5, pending: [], measured: 5 };
    expect(run.orders()).toEqual([first]);
    expect(run.state.tunings!.current).toEqual(first);
    // Rounds go on.
    run.measure(10);
    expect(run.orders()).toHaveLength(1);
    run.tell({ type: 'tuned', n: 2 });
    expect(run.state.tunings!.current).toEqual(first);
    run.tell({ type: 'tuned', n: 1 });
    // Between two rounds only.
    expect(run.orders()).toHaveLength(1);
    run.measure(1);
    expect(run.orders()[1]).toMatchObject({ n: 2, trigger: '10 new results', measured: 15 });
  });

  it('is ordered where values drift out of their intervals, and counts them anew then', () => {
    const run = new Run({ ...base, tune: [{ at: 0, drift: 0.3, atLeast: 1 }] });
    run.measure(14, true);
    run.measure(6, false);
    expect(run.orders()).toEqual([]);
    run.measure(1, false);
    expect(run.orders()).toMatchObject([
      { trigger: '7 of the last 20 values lay outside of their 90 % intervals', measured: 21 },
    ]);
    expect(run.state.tunings!.inside).toEqual([]);
  });

  it('begins between two rounds alone where trials run round by round', () => {
    const ordered = (between: object) => {
      const run = new Run({
        ...base,
        parallel: 2,
        synchronous: true,
        tune: [{ at: 0, every: 1, atLeast: 1, ...between }],
      });
      run.tell({
        type: 'proposed',
        round: 1,
        proposals: ['c/r1/p1', 'c/r1/p2'].map((id) => ({ id, cost: 1 })),
        shortfall: null,
      });
      const end = {
        type: 'trialEnded',
        outcome: 'measured',
        cost: 1,
        judged: { losses: [1], feasible: true },
        cause: null,
      } as const;
      run.tell({ ...end, id: 'c/r1/p2' });
      run.tell({ ...end, id: 'c/r1/p1' });
      return run.orders()[0];
    };
    expect(ordered({ between: true })).toMatchObject({ measured: 2, pending: [] });
    // As campaigns that were started before do.
    expect(ordered({})).toMatchObject({ measured: 1, pending: ['c/r1/p1'] });
  });

  it('names the versions in use in each round after they came, and those before none', () => {
    const run = new Run(base);
    run.measure(2);
    run.tell({ type: 'version', at: 1, version: version('e@2', 1) });
    run.tell({ type: 'version', at: 0, version: version('d@2') });
    run.measure(1);
    run.tell({ type: 'version', at: 1, version: null });
    run.measure(1);
    run.tell({ type: 'version', at: 0, version: null });
    run.measure(1);
    const used = run.asked().map(({ codes }) => codes?.map(({ encoder }) => encoder));
    expect(used).toEqual([undefined, undefined, undefined, ['d@2', 'e@2'], ['d@2'], undefined]);
    expect(run.state).not.toHaveProperty('codes');
    expect(run.state).not.toHaveProperty('tunings');
  });

  it('has rounds wait where the file says so', () => {
    const run = new Run({ ...base, tune: [{ at: 0, every: 2, atLeast: 2, wait: true }] });
    run.measure(2);
    expect(run.asked()).toHaveLength(2);
    expect(run.state.proposing).toBe(false);
    run.tell({ type: 'version', at: 0, version: version('e@2') });
    expect(run.asked()).toHaveLength(2);
    run.tell({ type: 'tuned', n: 1 });
    expect(run.asked()[2]).toMatchObject({ round: 3, codes: [version('e@2')] });
  });

  it('is ordered by hand, and ended when the campaign is', () => {
    const run = new Run(base);
    const asked = { type: 'tune', at: 0, trigger: 'by hand', who: 'ada', why: 'a try' } as const;
    run.tell(asked);
    run.tell(asked);
    expect(run.orders()).toMatchObject([{ n: 1, who: 'ada', why: 'a try', round: 1, pending: [] }]);
    run.tell({ type: 'abort' });
    expect(run.commands).toContainEqual({ type: 'cancelTuning', n: 1 });
    expect(run.state.tunings!.current).toBeNull();
    run.tell(asked);
    expect(run.orders()).toHaveLength(1);
  });
});
