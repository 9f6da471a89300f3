import type { Campaign } from '../../models/domain/campaign.js';
import type { Design } from '../../models/domain/design.js';
import type { Parameter } from '../../models/domain/parameters/parameter.js';
import type { Space } from '../../models/domain/space.js';
import { someCampaign } from './campaigns.js';

function pool(parameters: readonly Parameter[], designs: readonly Design[]): Space {
  return { parameters, pool: { ids: designs.map((_, i) => `r${i}`), designs } };
}

const anywhere = (...parameters: Parameter[]): Space => ({ parameters, pool: null });
const range = (name: string, low: number, high: number): Parameter => ({
  name,
  type: 'continuous',
  bounds: [low, high],
});
const molecules = ['O', 'CCO', 'CCN', 'c1ccccc1', 'CC(=O)O'];

/** Spaces in which something is degenerate, and plain ones of every kind. */
export const badSpaces: Readonly<Record<string, Space>> = {
  continuous: anywhere(range('x', 0, 1), range('y', -2, 2)),
  'more parameters than trials': anywhere(...Array.from({ length: 20 }, (_, i) => range(`x${i}`, 0, 1))),
  mixed: anywhere(
    range('x', -1, 1),
    { name: 'n', type: 'integer', bounds: [1, 9] },
    { name: 'solvent', type: 'categorical', levels: ['a', 'b', 'c'] },
    { name: 'molecule', type: 'substance', smiles: molecules },
    { name: 'only', type: 'discrete', values: [7] },
  ),
  'bounds of every width': anywhere(
    range('wide', -1e308, 7e307),
    range('narrow', 1, 1 + 4e-16),
    range('tiny', 0, 1e-320),
  ),
  'one design': anywhere(
    { name: 'only', type: 'discrete', values: [1e300] },
    { name: 'solvent', type: 'categorical', levels: ['a'] },
  ),
  'pool with rows alike': pool(
    [range('x', 0, 1), range('y', 1e300, 1e300), range('z', -Number.MAX_VALUE, Number.MAX_VALUE)],
    [0, 0, 0.5, 0.5, 0.5, 1].map((x) => ({ x, y: 1e300, z: (2 * x - 1) * Number.MAX_VALUE })),
  ),
  'pool of one row': pool([range('x', 0, 1)], [{ x: 0.5 }]),
  'pool all alike': pool([range('x', 0.5, 1.5)], Array(7).fill({ x: 0.5 })),
  'pool in line': pool(
    [range('x', 0, 1), range('y', 0, 10)],
    Array.from({ length: 12 }, (_, i) => ({ x: i / 11, y: (10 * i) / 11 })),
  ),
  'pool of molecules': pool(
    [{ name: 'molecule', type: 'substance', smiles: molecules }, range('x', 0, 1)],
    molecules.flatMap((molecule) => [0, 1].map((x) => ({ molecule, x }))),
  ),
};

/** A campaign in one of these spaces with one or two fidelities, whose initial sample is one trial. */
export function badCampaign(
  space: Space,
  levels: 1 | 2,
  { budget, ...strategy }: { readonly surrogate?: string; readonly acquisition?: string; readonly budget?: object },
  direction: 'minimise' | 'maximise' = 'minimise',
): Campaign {
  const fidelities = [
    { name: 'low', adapter: 'problem', cost: 0.1 },
    { name: 'high', adapter: 'problem', cost: 1 },
  ];
  return someCampaign(
    {
      fidelities: fidelities.slice(2 - levels),
      objectives: [{ name: 'f', direction }],
      strategy: { ...strategy, initial: { trials: 1, lowCost: 0 } },
      budget: budget ?? { cost: 1000 },
    },
    space,
  );
}
