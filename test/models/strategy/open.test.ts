import { describe, expect, it } from 'vitest';
import { placeAt } from '../../../models/strategy/candidates.js';
import type { Visit } from '../../../models/strategy/history.js';
import { ruleWorld } from '../../support/rule-world.js';

const inFlight = (visit: Pick<Visit, 'design' | 'rowId' | 'level'>): Visit => ({
  ...{ trialId: '', turned: [], noises: [], pending: true },
  ...visit,
});

describe('open', () => {
  it('closes rows at the levels they were asked at, below the target, and where too dear', async () => {
    const { situation, open } = await ruleWorld(true, [], {
      isTooDear: (level, place) => level === 0 && place().rowId === 'r7',
    });
    const { listed } = situation.prepared;
    // Row 3 was measured at the target, row 6 at the lower level, rows 1 and 7 nowhere.
    const isOpen = (row: number) => [0, 1].map((level) => open.row(listed!, row, level));
    expect([3, 6, 1, 7].map(isOpen)).toEqual([
      [false, false],
      [false, true],
      [true, true],
      [false, true],
    ]);
    expect(open.at([1]).levels).toEqual([1]);
    expect(open.at([1]).closed(listed!)).toBe(open.closed(listed!));
    expect(open.place(placeAt(listed!, 6), 0)).toBe(false);
    expect(open.place(placeAt(listed!, 6), 1)).toBe(true);
  });

  it('refuses designs that were asked, and tells which are crowded by what is in flight', async () => {
    const design = { x: 0.42, y: 1.1 };
    const near = { x: 0.42, y: 1.1 + 1e-4 };
    const { situation, open } = await ruleWorld(false, [inFlight({ design, rowId: null, level: 1 })]);
    const encoded = situation.prepared.encoder.encode([near]);
    expect([open.refused(design, 1), open.refused(design, 0), open.refused(near, 1)]).toEqual([true, false, false]);
    expect([open.crowded!(encoded, 0, 1), open.crowded!(encoded, 0, 0)]).toEqual([true, false]);
    expect([open.place({ design: near, rowId: null }, 1), open.place({ design: near, rowId: null }, 0)]).toEqual([
      false,
      true,
    ]);
    expect((await ruleWorld(false)).open.crowded).toBeNull();
  });
});
