import type { Template } from './template.js';

const lab = `# Instruments that campaigns share. These exist only as test functions; in a lab of yours each has the adapter of its device.
#   athanor lab check lab.yaml
name: bench
instruments:
  reactor:
    adapter: problem
    can: [synthesise]              # a word of the lab: a step may name it in place of an instrument
    slots: 2                       # jobs at the same time
    settings: {problem: branin, cost: 2, seed: 1}
  furnace:
    adapter: problem
    uses: {argon: 0.5}             # by each job
    settings: {problem: branin, cost: 1, seed: 2}
  balance:
    adapter: problem
    settings: {problem: branin, noise: 0.2, cost: 0.1}
stock:
  argon: {unit: L, amount: 50, warnBelow: 5, at: furnace}   # athanor lab refill argon '10 L' --why 'new bottle'
positions:
  shelf: {slots: 3}                # where samples wait between two steps
`;

const campaign = `# Each trial is made, annealed and weighed on instruments of lab.yaml. At once, without a server:
#   athanor simulate campaign.yaml
# Durably, with the instruments leased and the stock counted (athanor lab show, athanor inbox):
#   athanor run campaign.yaml
name: first-lab
lab: lab.yaml
seed: 1

space:
  parameters:
    - {name: temperature, type: continuous, bounds: [-5, 10], unit: °C}
    - {name: hold, type: continuous, bounds: [0, 0.25], unit: h}

objectives:
  - {name: loss, direction: minimise}

fidelities:
  - name: sample
    cost: 3.1                      # of all steps together
    recipe:
      - step: synthesise
        on: synthesise
        with: {x1: '{temperature}', x2: '{hold as min}'}   # parameters of the instrument, from those of the design
        at: shelf                  # where the sample goes then
        undo: {with: {x1: 0, x2: 0}}                       # what is done where a later step fails
      - step: anneal
        on: furnace
        with: {x1: '{temperature}', x2: 10}
        at: shelf
      - step: weigh
        on: balance
        with: {x1: '{temperature}', x2: '{hold as min, 2 decimals}'}
        gives: [loss]

budget: {trials: 20}
parallel: 3
`;

/** A lab of simulated instruments, and a campaign of three steps on it. */
export const labTemplate: Template = {
  name: 'lab',
  description: 'trials of three steps on a lab of simulated instruments',
  files: { 'campaign.yaml': campaign, 'lab.yaml': lab },
  next: 'athanor simulate FOLDER/campaign.yaml',
};
