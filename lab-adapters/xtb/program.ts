import { quote } from '../internal/wrapper.js';
import type { XtbStep } from './steps.js';

/** Exit code of the job's script when the start geometry could not be computed at all. */
export const noGeometryCode = 90;

/** What the job's script runs. */
export interface ProgramWords {
  /** Name or path of xtb. */
  readonly xtb: string;
  /** Command that computes the start geometry, for `IDCODE start.json start.xyz` behind it. */
  readonly conformer: readonly string[];
  readonly idcode: string;
  readonly steps: readonly XtbStep[];
}

/** No file that xtb writes grows beyond this, in blocks of 512 bytes; a molecule of a hundred atoms writes a few MB. */
const fileBlocks = 1_048_576;

/**
 * The shell script of one job: the start geometry unless it came with the job, then each run of xtb in a fresh folder
 * of its own, because xtb reads what earlier runs left. What it prints and its exit codes go beside the script
 * (`NAME.out`, `NAME.err`, `NAME.code`). Stops at the first run that fails; judging is left to the parser, which may look
 * in another process on another day.
 */
export function programScript({ xtb, conformer, idcode, steps }: ProgramWords): string {
  const lines = steps.map(({ name, from, args, optimises }) => {
    const source = from === 'start' ? 'start.xyz' : sourceOf(steps, from);
    return `${optimises ? 'optimise' : 'run'} ${name} ${source} ${args.map(quote).join(' ')}`;
  });
  return `set -f
ulimit -f ${fileBlocks}
if [ ! -s start.json ]; then
  ${conformer.map(quote).join(' ')} ${quote(idcode)} start.json start.xyz || exit ${noGeometryCode}
fi
[ -s start.xyz ] || exit 0
state=$PWD
run() {
  name=$1
  [ "$2" = start.xyz ] && from=$state/start.xyz || from=$ATHANOR_JOB/$2
  mkdir "$ATHANOR_JOB/$name" && cp "$from" "$ATHANOR_JOB/$name/input.xyz" && : > "$name.begun" || exit 91
  shift 2
  cd "$ATHANOR_JOB/$name" || exit 91
  ${quote(xtb)} input.xyz "$@" > "$state/$name.out" 2> "$state/$name.err"
  code=$?
  cd "$state" || exit 91
  echo "$code" > "$name.code"
  [ "$code" -eq 0 ] || exit 0
}
optimise() {
  run "$@"
  grep -q 'GEOMETRY OPTIMIZATION CONVERGED' "$1.out" || exit 0
}
${lines.join('\n')}
`;
}

/** Final geometry of a step: a single point leaves none, and hands on the one it was given. */
function sourceOf(steps: readonly XtbStep[], name: string): string {
  const step = steps.find((other) => other.name === name)!;
  return step.optimises ? `${name}/xtbopt.xyz` : `${name}/input.xyz`;
}
