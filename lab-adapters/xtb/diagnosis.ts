import type { Cause } from '../../models/domain/trial.js';
import { rearrangement } from './bonds.js';
import type { Geometry } from './geometry.js';
import { fromXyz } from './geometry.js';
import { errors, imaginary } from './output.js';
import type { XtbStep } from './steps.js';

/** What one run of xtb left behind; a file that is not there is null. */
export interface Leavings {
  /** Exit code; 128 + the signal's number if a signal ended it; null if it never ended. */
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
  readonly json: string | null;
  readonly finalXyz: string | null;
}

/** Error lines whose meaning is known. */
const known: readonly (Cause & { readonly pattern: RegExp })[] = [
  {
    pattern: /did not converge|convergence criteria cannot be satisfied/i,
    class: 'chemistry',
    code: 'scfNotConverged',
    message: 'the self-consistent field did not converge',
  },
  {
    pattern: /solvent: .* is not parametrized/i,
    class: 'operator',
    code: 'unknownSolvent',
    message: 'unknown solvent',
  },
  {
    pattern: /parameter file .* not found/i,
    class: 'device',
    code: 'parametersMissing',
    message: 'xtb does not find its parameter files; set XTBPATH',
  },
];

/**
 * Why a run of xtb must not be trusted, or null if it may. xtb ends with exit code 0 and the words "normal
 * termination" in several of these cases, so each is looked for.
 */
export function diagnose(step: XtbStep, leavings: Leavings, graph: Pick<Geometry, 'elements' | 'bonds'>): Cause | null {
  const { code, out, err } = leavings;
  const failed = (cause: Cause): Cause => ({ ...cause, message: `${step.name}: ${cause.message}` });
  if (code === null || code === 137)
    return failed({ class: 'device', code: 'killed', message: 'xtb was killed from outside' });
  if (code === 126 || code === 127)
    return failed({ class: 'device', code: 'programMissing', message: `xtb cannot be started: ${err.trim()}` });

  const reasons = errors(out);
  if (reasons.length > 0) {
    const text = reasons.join('; ');
    const match = known.find(({ pattern }) => pattern.test(text));
    if (match === undefined) return failed({ class: 'unknown', code: 'xtbError', message: text });
    return failed({ class: match.class, code: match.code, message: `${match.message} (${text})` });
  }
  if (code > 128)
    return failed({
      class: 'unknown',
      code: 'crashed',
      message: `xtb was ended by signal ${code - 128}: ${tail(err)}`,
    });
  if (code !== 0)
    return failed({ class: 'unknown', code: 'exitCode', message: `xtb ended with exit code ${code}: ${tail(err)}` });
  const option = /Unknown option '([^']*)'/.exec(out);
  if (option !== null)
    return failed({ class: 'operator', code: 'unknownOption', message: `xtb does not know option '${option[1]}'` });
  if (/(?<!ab)normal termination of xtb/.exec(err) === null)
    return failed({ class: 'unknown', code: 'abnormalEnd', message: `xtb did not end normally: ${tail(err)}` });
  return step.optimises ? unoptimised(leavings, graph, failed) : null;
}

/** Why the final geometry of an optimisation must not be trusted, or null. */
function unoptimised(
  { out, finalXyz }: Leavings,
  graph: Pick<Geometry, 'elements' | 'bonds'>,
  failed: (cause: Cause) => Cause,
): Cause | null {
  const limit = /FAILED TO CONVERGE GEOMETRY OPTIMIZATION IN (\d+) ITERATIONS/.exec(out);
  if (limit !== null)
    return failed({
      class: 'chemistry',
      code: 'cycleLimit',
      message: `the geometry did not converge in ${limit[1]} cycles`,
    });
  if (!out.includes('GEOMETRY OPTIMIZATION CONVERGED'))
    return failed({
      class: 'unknown',
      code: 'missingOutput',
      message: 'xtb does not say whether the geometry converged',
    });
  const final = finalXyz === null ? null : fromXyz(finalXyz);
  if (final === null || final.elements.join() !== graph.elements.join())
    return failed({
      class: 'unknown',
      code: 'missingOutput',
      message: 'the final geometry is missing or of other atoms',
    });
  const change = rearrangement(final, graph.bonds);
  if (change !== null)
    return failed({ class: 'chemistry', code: 'rearranged', message: `it is another molecule now: ${change}` });
  const modes = imaginary(out);
  if (modes !== null && modes > 0)
    return failed({
      class: 'chemistry',
      code: 'notAMinimum',
      message: `the geometry has ${modes} imaginary frequencies`,
    });
  return null;
}

/** The end of a program's complaint, short enough for a message. */
function tail(text: string): string {
  const trimmed = text.trim();
  return trimmed === '' ? 'nothing on stderr' : trimmed.slice(-300);
}
