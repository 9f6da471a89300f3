import { expect, it } from 'vitest';
import { openNetwork } from '../../../models/encode/encoders/stored-network.js';
import { withRandomWeights } from '../../../models/pretrained/random-weights.js';
import { tinyGraphBundle } from '../../support/tiny-minimol.js';

it('a network of random weights gives other numbers, the same for one seed', async () => {
  const bundle = tinyGraphBundle(1);
  const [one, again, other] = [1, 1, 2].map((seed) => withRandomWeights(bundle, seed));
  const codes = async (given: typeof bundle) => (await (await openNetwork(given, 'molecules'))!.encode(['CCO']))[0]!;
  expect(await codes(again!)).toEqual(await codes(one!));
  expect(await codes(other!)).not.toEqual(await codes(one!));
  expect(await codes(one!)).not.toEqual(await codes(bundle));
});
