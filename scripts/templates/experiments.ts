import type { Template } from './template.js';

const campaign = `# Experiments done by hand: Athanor says what to try next, you measure and write the result into a table.
#   athanor suggest campaign.yaml -n 6 --out results.csv     a first table, to be filled in
#   athanor suggest campaign.yaml results.csv -n 3           the next three, after what the table holds
#   athanor suggest campaign.yaml results.csv -n 3 --out results.csv     the same, added to the table
name: my-experiments
description: yield of a coupling, by hand
seed: 1

space:
  parameters:                  # names may be in any script; 'column' is the heading in your table, if it is another
    - {name: temperature, type: continuous, bounds: [20, 120], unit: °C, column: Temperature (°C)}
    - {name: equivalents, type: discrete, values: [1, 1.25, 1.5, 2]}
    - {name: hours, type: integer, bounds: [1, 24]}
    - {name: solvent, type: categorical, levels: [toluene, dioxane, DMF, water]}

objectives:
  - {name: yield, direction: maximise, unit: '%', limits: [0, 100]}   # beyond its limits a value is set aside, with a word

fidelities:
  - {name: measured, cost: 1}  # no adapter: a person measures

# ignore: [Datum, notes]       # further columns of your own in the table, to be passed over

budget: {trials: 40}
`;

/** Experiments that people do. */
export const experiments: Template = {
  name: 'experiments',
  description: 'experiments done by hand, with a table of results',
  files: { 'campaign.yaml': campaign },
  next: 'athanor suggest FOLDER/campaign.yaml -n 6 --out FOLDER/results.csv',
};
