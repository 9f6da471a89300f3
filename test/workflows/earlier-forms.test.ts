import { expect, it } from 'vitest';
import type { TrialEnd } from '../../activities/placed-trial.js';
import type { CampaignInput } from '../../workflows/campaign-input.js';
import { presentEnd, presentInput } from '../../workflows/earlier-forms.js';
import { initialState } from '../../workflows/loop.js';

const settings = {
  parallel: 1,
  synchronous: false,
  maxConsecutiveFailures: 5,
  budget: { cost: null, trials: 9 },
  stop: [{ type: 'targetReached', value: -5 }],
  sign: -1,
};
const goals = { objectives: [{ name: '', direction: 'maximise' }], bounds: [] };

it('reads the settings of workflows that knew one loss', () => {
  const { settings: present } = presentInput({ campaignId: 'c', settings, wallClockMs: 1 } as unknown as CampaignInput);
  const { sign: _, ...rest } = settings;
  expect(present).toEqual({ ...rest, stop: [{ type: 'targetReached', value: 5 }], goals });
  const unsigned = { ...rest, stop: [{ type: 'targetReached', value: -5 }] };
  const older = presentInput({ campaignId: 'c', settings: unsigned, wallClockMs: 1 } as unknown as CampaignInput);
  expect(older.settings).toMatchObject({ stop: unsigned.stop, goals: { objectives: [{ direction: 'minimise' }] } });
});

it('reads where they were, with what came since as at a start', () => {
  const present = presentInput({ campaignId: 'c', settings, wallClockMs: 1 } as unknown as CampaignInput);
  const { front: _, retries: __, ...known } = initialState(present.settings);
  const carried = (incumbent: unknown) =>
    ({
      ...present,
      carried: { state: { ...known, round: 4, incumbent }, commands: [], startedAt: 1, runs: 2 },
    }) as never;
  expect(presentInput(carried({ trialId: 'c/r1/p1', loss: -3, round: 2 })).carried!.state).toEqual({
    ...initialState(present.settings),
    round: 4,
    front: [{ trialId: 'c/r1/p1', losses: [-3], feasible: true, round: 2 }],
  });
  expect(presentInput(carried(null)).carried!.state.front).toEqual([]);
});

it('reads why they had paused by themselves', () => {
  const present = presentInput({ campaignId: 'c', settings, wallClockMs: 1 } as unknown as CampaignInput);
  const { problems: _, ruling: __, ...known } = initialState(present.settings);
  const carried = (alarm: string | null) =>
    presentInput({ ...present, carried: { state: { ...known, alarm }, commands: [], startedAt: 1, runs: 2 } } as never);
  const problems = [{ key: 'failures', text: 'three in a row' }];
  expect(carried('three in a row').carried!.state).toEqual({ ...initialState(present.settings), problems });
  expect(carried(null).carried!.state).toEqual(initialState(present.settings));
});

it('leaves what this version wrote as it is', () => {
  const present = presentInput({ campaignId: 'c', settings, wallClockMs: 1 } as unknown as CampaignInput);
  const state = { ...initialState(present.settings), front: [{ trialId: 't', losses: [1], feasible: true, round: 1 }] };
  const carried: CampaignInput = { ...present, carried: { state, commands: [], startedAt: 0, runs: 3 } };
  expect(presentInput(carried)).toEqual(carried);
});

it('reads ends of trials told as a loss', () => {
  const end = { id: 'c/r1/p1', outcome: 'measured', cost: 1, cause: null, generation: 1 } as unknown as TrialEnd;
  expect(presentEnd({ ...end, loss: 2 })).toEqual({ ...end, judged: { losses: [2], feasible: true } });
  expect(presentEnd({ ...end, loss: null })).toEqual({ ...end, judged: null });
  const present = { ...end, judged: { losses: [2, null], feasible: null } };
  expect(presentEnd(present)).toEqual(present);
});
