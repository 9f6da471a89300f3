import type { Template } from './template.js';

const campaign = `# A first campaign: Branin's test function, minimised. It needs no simulator and no server:
#   athanor simulate campaign.yaml --seeds 5
# Durably, on Temporal and PostgreSQL:
#   athanor run campaign.yaml
name: branin
description: Branin's function of two inputs, computed at once
seed: 1                        # same seed, same trials

space:
  parameters:                  # types: continuous, discrete, integer, categorical, substance, composition, formula
    - {name: x1, type: continuous, bounds: [-5, 10]}
    - {name: x2, type: continuous, bounds: [0, 15]}

objectives:
  - {name: value, direction: minimise}    # or maximise; a unit can be given: unit: kJ/mol

fidelities:                    # cheapest first; the last one is what counts
  - name: exact
    adapter: problem           # a simulator or instrument by its name
    settings: {problem: branin}
    cost: 1                    # expected cost of a trial, in one unit for all fidelities and the budget

budget: {trials: 30}           # also: cost, wallClock (such as 12h)
stop:                          # further reasons to stop
  - {type: targetReached, value: 0.4}

parallel: 1                    # trials in flight at the same time
`;

/** Branin's function: the smallest campaign there is. */
export const branin: Template = {
  name: 'branin',
  description: 'a test function of two continuous inputs',
  files: { 'campaign.yaml': campaign },
  next: 'athanor simulate FOLDER/campaign.yaml',
};
