import fc from 'fast-check';
import type { Constraint } from '../../models/domain/constraints/constraint.js';
import type { Design } from '../../models/domain/design.js';
import { compositionOf, simplexPoint } from '../../models/domain/parameters/any-composition.js';
import { isAnyComposition } from '../../models/domain/parameters/composition.js';
import { type Parameter, typeOf } from '../../models/domain/parameters/parameter.js';
import type { Space } from '../../models/domain/space.js';
import { Generator } from '../../models/random/generator.js';

const parameter = (name: string): fc.Arbitrary<Parameter> =>
  fc.oneof(
    fc
      .tuple(fc.constantFrom(-20, 0, 0.5, 3), fc.constantFrom(0.1, 1, 150))
      .map(([low, width]): Parameter => ({ name, type: 'continuous', bounds: [low, low + width] })),
    fc.integer({ min: 1, max: 40 }).map((high): Parameter => ({ name, type: 'integer', bounds: [0, high] })),
    fc.constant<Parameter>({ name, type: 'discrete', values: [1, 2.5, 7, 40] }),
    fc.constant<Parameter>({ name, type: 'categorical', levels: ['a', 'b', 'c'] }),
    fc
      .constantFrom(1, 100, 0.3)
      .map((total): Parameter => ({ name, type: 'composition', components: ['A', 'B', 'C', 'D'], total })),
    fc.constant<Parameter>({ name, type: 'composition', components: ['X', 'Y', 'Z'], total: 1, step: 0.25 }),
  );

/** A design of any of the space's parameters, at quantiles of a seed. */
function someDesign(parameters: readonly Parameter[], seed: number): Design {
  const random = new Generator(seed, 'some');
  return Object.fromEntries(
    parameters.map((one) => [
      one.name,
      isAnyComposition(one)
        ? compositionOf(one, simplexPoint(one.components.slice(1).map(() => random.uniform())), 3)
        : typeOf(one).fromUnit(one, random.uniform()),
    ]),
  );
}

/** Numbers of a design by the names that constraints give them. */
function numbersIn(parameters: readonly Parameter[], design: Design): [string, number, number][] {
  return parameters.flatMap((one): [string, number, number][] => {
    if (one.type === 'categorical') return [];
    if (one.type !== 'composition') {
      const values = 'bounds' in one ? one.bounds : [1, 40];
      return [[one.name, design[one.name] as number, values[1]! - values[0]!]];
    }
    const feature = typeOf(one).feature(one, design[one.name]!);
    const { fractions } = feature as { fractions: Record<string, number> };
    return one.components.map((component) => [
      `${one.name}.${component}`,
      fractions[component]! * one.total,
      one.total,
    ]);
  });
}

/** A constraint that a given design keeps. */
function constraintFor(parameters: readonly Parameter[], design: Design, seed: number): Constraint[] {
  const random = new Generator(seed, 'constraint');
  const numbers = numbersIn(parameters, design);
  const kind = random.below(4);
  const category = parameters.find((one) => one.type === 'categorical');
  const free = parameters.find(isAnyComposition);
  if (kind === 0 && category?.type === 'categorical' && numbers.length > 0) {
    const [name, value, width] = numbers[random.below(numbers.length)]!;
    const other = category.levels.find((level) => level !== design[category.name])!;
    return [{ type: 'exclude', when: { [category.name]: other, [name]: { above: value + 0.05 * width } } }];
  }
  if (kind === 1 && category?.type === 'categorical') {
    const number = parameters.find((one) => one.type === 'continuous' || one.type === 'integer');
    if (number !== undefined)
      return [
        {
          type: 'dependency',
          parameter: number.name,
          when: { [category.name]: [design[category.name] as string] },
        },
      ];
  }
  if (kind === 2 && free !== undefined) {
    const there = numbers.filter(([name, amount]) => name.startsWith(`${free.name}.`) && amount > 0);
    const least = Math.min(...there.map(([, amount]) => amount)) / 2;
    return [{ type: 'cardinality', of: free.name, max: there.length, ...(random.uniform() < 0.5 ? { least } : {}) }];
  }
  if (numbers.length === 0) return [];
  const some = numbers.filter(() => random.uniform() < 0.6);
  const chosen = some.length === 0 ? [numbers[0]!] : some;
  const terms = Object.fromEntries(
    chosen.map(([name, , width]) => [
      name,
      Number(((0.5 + 2 * random.uniform()) / width).toPrecision(3)) * (random.uniform() < 0.3 ? -1 : 1),
    ]),
  );
  const sum = chosen.reduce((total, [name, value]) => total + terms[name]! * value, 0);
  if (random.uniform() < 0.25 && chosen.some(([name]) => isFreeNumber(parameters, name)))
    return [{ type: 'linear', terms, equals: sum }];
  return [{ type: 'linear', terms, max: sum + 0.05 * random.uniform() }];
}

function isFreeNumber(parameters: readonly Parameter[], name: string): boolean {
  return parameters.some(
    (one) =>
      (one.type === 'continuous' && one.name === name) || (isAnyComposition(one) && name.startsWith(`${one.name}.`)),
  );
}

/** Spaces of one to five parameters of any type with up to three constraints, each of which one design of it keeps. */
export const constrainedSpaces: fc.Arbitrary<Space> = fc
  .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 2 ** 31 }))
  .chain(([count, constraints, seed]) =>
    fc.tuple(...Array.from({ length: count }, (_, i) => parameter(`p${i + 1}`))).map((parameters): Space => {
      const design = someDesign(parameters, seed);
      const all = Array.from({ length: constraints }, (_, i) => constraintFor(parameters, design, seed + i)).flat();
      return { parameters, pool: null, ...(all.length === 0 ? {} : { constraints: all }) };
    }),
  );
