import type { InferredColumn } from '../scripts/serve/infer-columns.js';

/** What a person says of a campaign that is to begin. */
export interface Wanted {
  readonly name: string;
  /** Whether the rows are what is chosen among; else they tell ranges. */
  readonly isPool: boolean;
  readonly direction: 'maximise' | 'minimise';
  readonly trials: string;
  readonly parallel: string;
}

/** A text as YAML has it whatever is in it: JSON is YAML. */
const quoted = (text: string) => JSON.stringify(text);

/** A campaign file from the columns of a table, and what is wanted. */
export function campaignText(file: string, columns: readonly InferredColumn[], wanted: Wanted): string {
  const designs = columns.filter(({ role }) => role === 'design');
  const objective = columns.find(({ role }) => role === 'objective');
  const id = columns.find(({ role }) => role === 'id');
  const unitOf = ({ unit }: InferredColumn) => (unit === null || unit === '' ? '' : `, unit: ${quoted(unit)}`);
  const space = wanted.isPool
    ? [
        '  pool:',
        `    file: ${quoted(file)}`,
        ...(id === undefined ? [] : [`    id: ${quoted(id.column)}`]),
        '    designColumns:',
        ...designs.map(
          (one) =>
            `      - {name: ${quoted(one.name)}, type: ${one.type}, column: ${quoted(one.column)}${unitOf(one)}}`,
        ),
      ]
    : ['  parameters:', ...designs.map((one) => `    - {name: ${quoted(one.name)}, ${rangeOf(one)}${withUnit(one)}}`)];
  return [
    `name: ${wanted.name}`,
    'space:',
    ...space,
    'objectives:',
    objective === undefined
      ? '  - {name: value, direction: maximise}'
      : `  - {name: ${quoted(objective.name)}, direction: ${wanted.direction}${unitOf(objective)}}`,
    'fidelities:',
    '  - {name: bench, adapter: person, cost: 1}',
    `budget: {trials: ${wanted.trials}}`,
    `parallel: ${wanted.parallel}`,
    '',
  ].join('\n');
}

/** Units stand with numbers alone. */
function withUnit({ type, unit }: InferredColumn): string {
  return unit === null || unit === '' || type !== 'continuous' ? '' : `, unit: ${quoted(unit)}`;
}

function rangeOf({ type, low, high, values }: InferredColumn): string {
  if (type === 'continuous' || type === 'integer') return `type: ${type}, bounds: [${low}, ${high}]`;
  if (type === 'discrete')
    return `type: discrete, values: [${values
      .map(Number)
      .sort((a, b) => a - b)
      .join(', ')}]`;
  const texts = values.map(quoted).join(', ');
  return type === 'substance' ? `type: substance, smiles: [${texts}]` : `type: categorical, levels: [${texts}]`;
}
