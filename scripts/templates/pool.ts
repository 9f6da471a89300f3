import type { Template } from './template.js';

const campaign = `# A campaign on a finite pool: a reaction at 120 conditions, replayed from a table.
# The yields in results.csv are made up, by a formula; put your own measurements there to backtest on them.
#   athanor simulate campaign.yaml --seeds 10
name: reaction-pool
description: yield of a made-up coupling at 120 conditions
seed: 1

space:
  pool:
    file: pool.csv             # one design a row, relative to this file
    id: id                     # column that names the rows
    designColumns:             # columns that make up a design; others are ignored
      - {name: temperature, type: discrete, unit: degC}
      - {name: equivalents, type: discrete}
      - {name: ligand, type: categorical}

objectives:
  - {name: yield, direction: maximise, unit: '%'}

fidelities:
  - name: measured
    adapter: dataset           # answers with the row of a table, and only when a trial asks for it
    settings: {file: results.csv, id: id, values: {yield: yield}}
    cost: 1

budget: {trials: 30}
stop:
  - {type: noImprovement, rounds: 12}
`;

const ligands = [
  { name: 'XPhos', best: 86, worth: 1 },
  { name: 'SPhos', best: 74, worth: 0.92 },
  { name: 'RuPhos', best: 98, worth: 0.81 },
  { name: 'dppf', best: 62, worth: 0.64 },
];

/** All 120 conditions, and the made-up yields in a file of their own. */
function tables(): { pool: string; results: string } {
  const pool = ['id,temperature,equivalents,ligand'];
  const results = ['id,yield'];
  for (const { name, best, worth } of ligands)
    for (const temperature of [40, 55, 70, 85, 100, 115])
      for (const equivalents of [1, 1.25, 1.5, 2, 3]) {
        const id = `${name}-${temperature}-${equivalents}`;
        const heat = Math.exp(-(((temperature - best) / 24) ** 2));
        const base = 1 - Math.exp(-1.6 * (equivalents - 0.4)) - 0.06 * (equivalents - 1) ** 2;
        pool.push(`${id},${temperature},${equivalents},${name}`);
        results.push(`${id},${(100 * worth * heat * base).toFixed(1)}`);
      }
  return { pool: `${pool.join('\n')}\n`, results: `${results.join('\n')}\n` };
}

const { pool: poolTable, results } = tables();

/** A table of conditions with their yields, replayed. */
export const pool: Template = {
  name: 'pool',
  description: 'a finite pool of conditions, replayed from a table',
  files: { 'campaign.yaml': campaign, 'pool.csv': poolTable, 'results.csv': results },
  next: 'athanor simulate FOLDER/campaign.yaml --seeds 10',
};
