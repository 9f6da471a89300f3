/** A campaign file of a person at a bench, who varies a temperature and a solvent; further settings as YAML, a line or more each. */
export function benchFile(name: string, ...more: readonly string[]): string {
  return [
    `name: ${name}`,
    'space:',
    '  parameters:',
    '    - {name: t, type: continuous, bounds: [20, 120]}',
    '    - {name: solvent, type: categorical, levels: [DMF, THF]}',
    'objectives: [{name: value, direction: maximise}]',
    'fidelities: [{name: exact, adapter: person, cost: 1}]',
    'budget: {trials: 40}',
    ...more,
    '',
  ].join('\n');
}
