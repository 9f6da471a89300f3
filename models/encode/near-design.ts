import { textOf } from '../domain/amounts.js';
import type { Design, ParameterValue } from '../domain/design.js';
import { isAnyComposition } from '../domain/parameters/composition.js';
import { typeOf } from '../domain/parameters/parameter.js';
import { blankDesigns, type EncodedDesigns, sliceDesigns } from './encoded-designs.js';
import { amountColumns } from './space-columns.js';
import type { SpaceEncoder } from './space-encoder.js';

/**
 * The design that an encoded row stands for, also in the midst of a climb, where its free numbers need be those of no design to the last
 * digit: numbers of ranges and amounts are as the row has them, all else is exact. A row of a pool is that of the pool.
 *
 * @throws {AthanorError} if what is not free is none of the space
 */
export function designNear(encoder: SpaceEncoder, encoded: EncodedDesigns, row: number): Design {
  const { space, columns, encoding } = encoder;
  const own = sliceDesigns(encoded, row, 1);
  if (space.pool !== null) return encoder.decode(own)[0]!;
  const held = blankDesigns(1, encoding);
  for (const block of ['numeric', 'categories', 'substances', 'coded', 'vectors'] as const) held[block].set(own[block]);
  const free: Record<string, ParameterValue> = {};
  space.parameters.forEach((parameter, p) => {
    const { at } = columns[p]!;
    const isAmounts = isAnyComposition(parameter);
    if (!isAmounts && parameter.type !== 'continuous') return;
    const type = typeOf(parameter);
    // What stands there is read beside it: any value of the parameter keeps the row one of the space.
    const feature = type.feature(parameter, type.fromUnit(parameter, 0));
    if (isAmounts) {
      const { name, components, total } = parameter;
      const amounts = components.map((one, c) => [one, own.numeric[at + c]! * total] as const);
      held.numeric.set(amountColumns(parameter, feature), at);
      free[name] = textOf(components, new Map(amounts));
      return;
    }
    const coordinate = own.numeric[at]!;
    const [low, high] = parameter.bounds;
    if (feature.kind === 'numeric') held.numeric[at] = feature.value;
    free[parameter.name] =
      type.fromFeature(parameter, { kind: 'numeric', value: coordinate }) ?? low + coordinate * (high - low);
  });
  return { ...encoder.decode(held)[0]!, ...free };
}
