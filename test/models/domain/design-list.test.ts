import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Design } from '../../../models/domain/design.js';
import { DesignColumns, designColumn, revivedDesigns } from '../../../models/domain/design-list.js';

const row = fc.record({ x: fc.double({ noNaN: true, noDefaultInfinity: true }), base: fc.string() });

function columnsOf(designs: readonly Design[]): DesignColumns {
  const names = ['x', 'base'];
  return new DesignColumns(
    names,
    names.map((name) => designColumn(designs.map((design) => design[name]!))),
    designs.length,
  );
}

describe('DesignColumns', () => {
  it('is the designs that it was made of: by row, in order, and as JSON', () => {
    fc.assert(
      fc.property(fc.array(row), fc.integer({ min: -12, max: 12 }), (designs, at) => {
        const kept = columnsOf(designs);
        expect(kept).toHaveLength(designs.length);
        expect([...kept]).toEqual(designs);
        expect(kept.at(at)).toEqual(designs.at(at));
        expect(JSON.stringify(kept)).toBe(JSON.stringify(designs));
      }),
      { seed: 3 },
    );
  });

  it('comes back from a clone, as an array does', () => {
    const designs = [
      { x: -0, base: 'a' },
      { x: 1e-300, base: '' },
    ];
    const kept = revivedDesigns(structuredClone(columnsOf(designs)));
    expect(kept).toBeInstanceOf(DesignColumns);
    expect([...kept]).toEqual(designs);
    expect(kept.at(1.5)).toEqual(designs.at(1.5));
    expect(revivedDesigns(designs)).toBe(designs);
  });

  it('refuses columns of different lengths', () => {
    expect(() => new DesignColumns(['x'], [Float64Array.of(1, 2)], 3)).toThrow(/columns of 2 for 3 designs/);
    expect(() => new DesignColumns(['x', 'y'], [Float64Array.of(1)], 1)).toThrow(/2 names/);
  });
});
