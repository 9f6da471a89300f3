import { describe, expect, it } from 'vitest';
import { portDifferences } from '../../../models/pretrained/port-differences.js';

const session = {
  inputs: [{ name: 'ids', type: 'int64', shape: ['b', 't'] }],
  outputs: [
    { name: 'row', type: 'float32', shape: ['b', 8] },
    { name: 'open', type: 'float32', shape: [] },
  ],
};
const inputs = { ids: 'int64 [batch, tokens]' };

describe('portDifferences', () => {
  it('is nothing where the network is as the manifest says, or says less', () => {
    expect(
      portDifferences({ inputs, outputs: { row: 'float32 [batch, 8]', open: 'float32 [batch, 3]' } }, session),
    ).toEqual([]);
  });

  it('names what is missing, more, or another', () => {
    const found = portDifferences(
      { inputs: { mask: 'int64 [batch, tokens]' }, outputs: { row: 'float32 [batch, 9]', none: 'float32 [batch, 2]' } },
      session,
    );
    expect(found).toEqual([
      "the network has an input 'ids' of which the manifest says nothing",
      "the network has no input 'mask'",
      "output 'row' of the network is float32 [b, 8], where the manifest says float32 [batch, 9]",
      "the network has no output 'none'",
    ]);
    const fixed = { ...session, inputs: [{ name: 'ids', type: 'int64', shape: [1, 't'] }] };
    expect(portDifferences({ inputs, outputs: {} }, fixed)).toHaveLength(1);
    expect(portDifferences({ inputs: { ids: 'int64 [1, tokens]' }, outputs: {} }, fixed)).toEqual([]);
  });
});
