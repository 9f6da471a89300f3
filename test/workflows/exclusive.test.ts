import fc from 'fast-check';
import { expect, it } from 'vitest';
import { step } from '../../workflows/campaign-state.js';
import { initialState, type LoopCommand, type LoopSettings, type LoopState } from '../../workflows/loop.js';

const settings = (exclusive: Readonly<Record<string, string>>, parallel: number): LoopSettings => ({
  parallel,
  synchronous: false,
  maxConsecutiveFailures: 10,
  budget: { cost: null, trials: 20 },
  stop: [],
  goals: { objectives: [{ name: 'y', direction: 'minimise' }], bounds: [] },
  exclusive,
  levels: 3,
});

/** Lives a campaign through, its trials ending in an order of chance; most in flight at once, in all and by level. */
function live(given: LoopSettings, levels: readonly string[], order: readonly number[]) {
  let state: LoopState = initialState(given);
  const queue: LoopCommand[] = [];
  let asked = 0;
  const most: Record<string, number> = {};
  const tell = (event: Parameters<typeof step>[2]) => {
    const next = step(given, state, event);
    state = next.state;
    queue.push(...next.commands);
    for (const group of ['all', 'furnace', ...levels]) {
      const isIn = (level = '') => group === 'all' || level === group || given.exclusive![level] === group;
      const count = state.inFlight.filter(({ fidelity }) => isIn(fidelity)).length;
      most[group] = Math.max(most[group] ?? 0, count);
    }
  };
  tell({ type: 'started' });
  for (let turn = 0; state.phase !== 'stopped'; turn++) {
    const ask = queue.shift();
    if (ask?.type === 'propose') {
      const proposals = Array.from({ length: ask.count }, () => {
        const fidelity = levels[order[asked % order.length]! % levels.length]!;
        return { id: `c/r${ask.round}/p${++asked}`, cost: 1, fidelity };
      });
      tell({ type: 'proposed', round: ask.round, proposals, shortfall: null });
    } else if (ask === undefined) {
      const { id } = state.inFlight[order[turn % order.length]! % state.inFlight.length]!;
      tell({ type: 'trialEnded', id, outcome: 'measured', cost: 1, judged: { losses: [1], feasible: true } });
    }
  }
  return { state, most };
}

const orders = fc.array(fc.nat(50), { minLength: 5, maxLength: 30 });

it('runs one trial at a time on a device that is used so, and the others beside it, to the end', () => {
  fc.assert(
    fc.property(orders, fc.integer({ min: 1, max: 5 }), (order, parallel) => {
      const { state, most } = live(settings({ a: 'furnace', b: 'furnace' }, parallel), ['a', 'b', 'c'], order);
      expect(state.ended.measured).toBe(20);
      expect(most.furnace!).toBeLessThanOrEqual(1);
      expect(most.all!).toBeLessThanOrEqual(parallel);
    }),
    { seed: 5, numRuns: 300 },
  );
});

it('asks for no more proposals than there are devices, where every level has one that is used so', () => {
  fc.assert(
    fc.property(orders, (order) => {
      const exclusive = { a: 'furnace', b: 'furnace', c: 'balance' };
      const { state, most } = live(settings(exclusive, 5), ['a', 'b', 'c'], order);
      expect(state.ended.measured).toBe(20);
      expect(most.all!).toBeLessThanOrEqual(2);
    }),
    { seed: 6, numRuns: 300 },
  );
});
