import type { Problem, ProblemFamily } from './contract.js';

const bounds: Problem['bounds'] = [
  [0.05, 0.15], // radius of the borehole rw, m
  [100, 50_000], // radius of influence r, m
  [63_070, 115_600], // transmissivity of the upper aquifer Tu, m²/a
  [990, 1_110], // its head Hu, m
  [63.1, 116], // transmissivity of the lower aquifer Tl, m²/a
  [700, 820], // its head Hl, m
  [1_120, 1_680], // length of the borehole L, m
  [9_855, 12_045], // its conductivity Kw, m/a
];

/** Flow is monotone in every input: largest at this corner. */
const corner = [0.15, 100, 115_600, 1_110, 116, 700, 1_120, 12_045];

/**
 * Flow of water through a borehole in m³ a year, negated so that the largest is to be found, with one fidelity s in [0, 1].
 *
 * f(x) = −[s·q(x; 2π, 1) + (1 − s)·q(x; 5, 3/2)],
 * q(x; a, b) = a·Tu·(Hu − Hl) / {ln(r/rw)·[b + 2·L·Tu/(ln(r/rw)·rw²·Kw) + Tu/Tl]}
 *
 * @see Morris, Mitchell and Ylvisaker 1993 (high); Xiong, Qian and Wu 2013, doi:10.1080/00401706.2012.723572 (low);
 *   Surjanovic and Bingham, Virtual Library of Simulation Experiments, `borehole`
 */
export const augmentedBorehole: ProblemFamily = {
  name: 'augmentedBorehole',
  dims: { least: 8, most: 8, usual: 8 },
  of: () => ({
    name: 'augmentedBorehole',
    bounds,
    fidelityInputs: 1,
    minimum: -flow(corner, 2 * Math.PI, 1),
    minimisers: [corner],
    evaluate: (x, [fidelity]) => -(fidelity! * flow(x, 2 * Math.PI, 1) + (1 - fidelity!) * flow(x, 5, 1.5)),
  }),
};

function flow(x: readonly number[], factor: number, constant: number): number {
  const [rw, r, tu, hu, tl, hl, l, kw] = x as [number, number, number, number, number, number, number, number];
  const log = Math.log(r / rw);
  return (factor * tu * (hu - hl)) / (log * (constant + tu / tl) + (2 * l * tu) / (rw ** 2 * kw));
}
