import type { XtbSettings } from './settings.js';
import { ionic, vertical } from './settings.js';

/** One run of xtb. */
export interface XtbStep {
  /** Also the name of its folder. */
  readonly name: 'relax' | 'main' | 'ipea' | 'anion' | 'cation';
  /** The step whose final geometry it starts from; `start` is the MMFF94s conformer. */
  readonly from: 'start' | 'relax' | 'main';
  /** Words after `xtb input.xyz`. */
  readonly args: readonly string[];
  /** Whether it leaves an optimised geometry, to be checked for convergence and bonds. */
  readonly optimises: boolean;
}

/**
 * The runs of xtb that give a level's quantities, in order.
 *
 * Every level begins with a GFN-FF optimisation of the start geometry (`relax`). Ions begin from the neutral molecule's final
 * geometry; by the task `energy` they stay there, which makes what is had of them vertical.
 *
 * @param charge - total charge of the molecule, e
 */
export function stepsOf(settings: XtbSettings, charge: number): readonly XtbStep[] {
  const cycles = settings.cycles === undefined ? [] : ['--cycles', String(settings.cycles)];
  const state = (q: number, unpaired: number) => [
    ...(q === 0 ? [] : ['-c', String(q)]),
    ...(unpaired === 0 ? [] : ['-u', String(unpaired)]),
  ];
  const neutral = state(charge, settings.unpaired ?? 0);
  if (settings.method === 'gfnff')
    return [{ name: 'main', from: 'start', args: ['--gfnff', '--opt', ...cycles, ...neutral], optimises: true }];

  const level = [
    '--gfn',
    settings.method === 'gfn1' ? '1' : '2',
    ...(settings.solvent === undefined ? [] : ['--alpb', settings.solvent]),
    ...(settings.iterations === undefined ? [] : ['--iterations', String(settings.iterations)]),
  ];
  const task = { energy: ['--sp'], optimise: ['--opt', ...cycles], hessian: ['--ohess', ...cycles] }[settings.task];
  const optimises = settings.task !== 'energy';
  const last = optimises ? 'main' : 'relax';
  const steps: XtbStep[] = [
    { name: 'relax', from: 'start', args: ['--gfnff', '--opt', ...neutral], optimises: true },
    { name: 'main', from: 'relax', args: [...level, ...task, ...neutral, '--json'], optimises },
  ];
  const wanted = Object.values(settings.values);
  if (wanted.some((quantity) => vertical.has(quantity)))
    steps.push({
      name: 'ipea',
      from: last,
      args: [...level, '--vipea', ...neutral],
      optimises: false,
    });
  const ions = new Set(wanted.flatMap((quantity) => ionic[quantity] ?? []));
  for (const [name, q] of [
    ['anion', charge - 1],
    ['cation', charge + 1],
  ] as const)
    if (ions.has(name)) steps.push({ name, from: last, args: [...level, ...task, ...state(q, 1)], optimises });
  return steps;
}
