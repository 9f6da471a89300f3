import { expect, it } from 'vitest';
import { campaignSchema } from '../../models/domain/campaign.js';
import { foretoldWell } from '../../models/strategy/explain/prequential.js';
import { loopSettings } from '../../scripts/loop-settings.js';
import { someRecord } from '../support/record.js';

const { campaign, trials } = someRecord([{ value: 2, mean: 1.8 }, { value: 3, mean: 2 }, { value: 2 }]);
const withEncoders = (...encoders: object[]) => campaignSchema.parse({ ...campaign.spec, encoders });

it('the loop fine-tunes the encoders whose file says when, by their places', () => {
  const { tune } = loopSettings(
    withEncoders(
      { model: 'a' },
      { model: 'b', finetune: { every: 50, wait: true } },
      { model: 'c', finetune: { layers: 1, drift: false } },
      { model: 'd', finetune: { drift: true, atLeast: 7 } },
      { model: 'e', finetune: { drift: 0.5, every: 3 } },
    ),
  );
  expect(tune).toEqual([
    { at: 1, every: 50, atLeast: 100, wait: true },
    { at: 3, drift: 0.3, atLeast: 7 },
    { at: 4, every: 3, drift: 0.5, atLeast: 100 },
  ]);
  const byRounds = { ...withEncoders({ model: 'b', finetune: { every: 50 } }), synchronous: true };
  expect(loopSettings(byRounds).tune).toEqual([{ at: 0, every: 50, atLeast: 100, between: true }]);
  expect(loopSettings(withEncoders({ model: 'a' }))).not.toHaveProperty('tune');
  const none = () => withEncoders({ model: 'a', finetune: { every: 0 } });
  expect(none).toThrow();
});

it('whether values lay in their intervals is told where drift is looked for', () => {
  const spec = withEncoders({ model: 'a', finetune: { drift: true } });
  const told = trials.map(({ proposal, observation }) => foretoldWell(spec, proposal, observation));
  expect(told).toEqual([true, false, null]);
  const [{ proposal, observation } = trials[0]!] = trials;
  expect(foretoldWell(withEncoders({ model: 'a', finetune: { every: 2 } }), proposal, observation)).toBeNull();
});
