import { typeOf } from '../../domain/parameters/parameter.js';
import type { Space } from '../../domain/space.js';
import type { Factor } from './main-effects.js';

/** Values of a factor that are all looked at; of a longer list some. */
const allUpTo = 24;

/** Every factor with some values over its range; those of a long list evenly. @param steps - values of a range, and of a longer list */
export function factorsOf({ parameters }: Pick<Space, 'parameters'>, steps = 9): Factor[] {
  return parameters.map((parameter) => {
    const type = typeOf(parameter);
    const all = type.values(parameter);
    const isSome = all === null || all.length > allUpTo;
    const count = isSome ? Math.min(all?.length ?? steps, steps) : all.length;
    const values = Array.from({ length: count }, (_, i) =>
      isSome ? type.fromUnit(parameter, Math.min(i / (count - 1), 1 - 2 ** -30)) : all[i]!,
    );
    return { name: parameter.name, values: [...new Set(values)] };
  });
}
