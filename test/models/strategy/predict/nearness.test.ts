import { expect, it } from 'vitest';
import type { Design } from '../../../../models/domain/design.js';
import { parameterSchema } from '../../../../models/domain/parameters/parameter.js';
import { Generator } from '../../../../models/random/generator.js';
import { prepareSpace } from '../../../../models/strategy/candidates.js';
import { noveltyOf } from '../../../../models/strategy/novelty.js';
import { Nearness } from '../../../../models/strategy/predict/nearness.js';

it('is what novelty lacks to 1, of designs with parameters of all kinds', async () => {
  const parameters = [
    { name: 't', type: 'continuous', bounds: [0, 100] },
    { name: 'base', type: 'categorical', levels: ['K2CO3', 'NEt3', 'none'] },
    { name: 'solvent', type: 'substance', smiles: ['CCO', 'CCCO', 'c1ccccc1', 'CC(C)=O', 'C[C@H](N)O', 'C[C@@H](N)O'] },
    { name: 'alloy', type: 'composition', components: ['Fe', 'Ni', 'Cr'], step: 0.1 },
  ].map((parameter) => parameterSchema.parse(parameter));
  const prepared = await prepareSpace({ parameters, pool: null });
  const random = new Generator(3, 'designs');
  const one = <T>(list: readonly T[]) => list[random.below(list.length)]!;
  const [, , solvent, alloy] = parameters;
  const alloys = Array.from({ length: 11 }, (_, i) => i / 10).map((fe) =>
    fe === 0 ? 'Ni:1' : fe === 1 ? 'Fe:1' : `Fe:${fe} Ni:${Number((1 - fe).toFixed(1))}`,
  );
  expect(alloy!.type).toBe('composition');
  const some = (): Design => ({
    t: 100 * random.uniform(),
    base: one(['K2CO3', 'NEt3', 'none']),
    solvent: one((solvent as { smiles: string[] }).smiles),
    alloy: one(alloys),
  });
  const measured = Array.from({ length: 30 }, some);
  const asked = [...Array.from({ length: 60 }, some), measured[7]!];
  const places = asked.map((design) => ({ design, rowId: null }));
  const nearness = new Nearness(
    prepared.encoder,
    measured.map((design) => ({ design, rowId: null })),
  );
  const { similarity, at } = nearness.of(places, prepared.encoder.encode(asked));
  asked.forEach((design, i) => {
    expect(similarity[i]).toBeCloseTo(1 - noveltyOf(prepared, design, measured), 12);
    expect(1 - noveltyOf(prepared, design, [measured[at[i]!]!])).toBeCloseTo(similarity[i]!, 12);
  });
  expect([similarity[60], at[60]]).toEqual([1, 7]);
  expect(new Set([...similarity].map((value) => Math.round(10 * value))).size).toBeGreaterThan(3);
});
