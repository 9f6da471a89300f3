import { type AnyComposition, isAnyComposition } from '../domain/parameters/composition.js';
import type { Feature } from '../domain/parameters/contract.js';
import { type Parameter, typeOf } from '../domain/parameters/parameter.js';

/**
 * What a parameter becomes: a column of this kind, at this place among the columns of the kind; or for a composition of any amounts, a
 * numeric column for the fraction of each component, from this place on.
 */
export interface Column {
  readonly kind: 'numeric' | 'amounts' | 'category' | 'substance' | 'vector';
  readonly at: number;
}

/** The column of each parameter, in order, and how many there are of each kind. */
export function columnsOfParameters(parameters: readonly Parameter[]) {
  const counts = { numeric: 0, category: 0, substance: 0, vector: 0 };
  const columns = parameters.map((parameter): Column => {
    const kind = kindOf(parameter);
    if (!isAnyComposition(parameter)) return { kind, at: counts[kind as keyof typeof counts]++ };
    const at = counts.numeric;
    counts.numeric += parameter.components.length;
    return { kind, at };
  });
  return { columns, counts };
}

/** What the numeric columns of compositions of any amounts are, for the meaning of an encoding; empty where there are none. */
export function amountsMeaning(parameters: readonly Parameter[], columns: readonly Column[]): readonly unknown[] {
  return parameters.flatMap((parameter, p) =>
    isAnyComposition(parameter) ? [[columns[p]!.at, parameter.components]] : [],
  );
}

/** The fractions of a composition of any amounts as its columns, in the order of its components. */
export function amountColumns({ components }: AnyComposition, feature: Feature): readonly number[] {
  return feature.kind === 'mixture' ? components.map((name) => feature.fractions[name] ?? 0) : [];
}

/** The inverse of `amountColumns`. */
export function amountsFeature({ components }: AnyComposition, fractions: ArrayLike<number>): Feature {
  return { kind: 'mixture', fractions: Object.fromEntries(components.map((name, c) => [name, fractions[c]!])) };
}

function kindOf(parameter: Parameter): Column['kind'] {
  if (isAnyComposition(parameter)) return 'amounts';
  const type = typeOf(parameter);
  const { kind } = type.feature(parameter, type.fromUnit(parameter, 0));
  return kind === 'mixture' ? 'vector' : kind;
}
