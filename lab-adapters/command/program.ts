import { quote } from '../internal/wrapper.js';

/** More than this on stdout is no answer, bytes. */
export const answerLimit = 1_048_576;
/** So much of the end of stderr is kept, bytes. */
const complaintLimit = 8_192;

/**
 * Shell script that gives the program its input, and keeps what it answers, the end of what it complains of and its
 * exit code in `answer`, `complaint` and `code`, beside itself and away from the folder of the program. A program that floods stdout loses its reader at the limit; stderr
 * may be as long as it likes, since only its end goes to disk. The program makes files with the worker's own umask.
 *
 * @param cwd - folder to run in; the program's own scratch folder where null
 * @param redact - command that copies without secrets and takes `head` or `tail`, bytes, and names of variables; null where
 *   there are no secrets
 * @param secrets - names of the variables that hold them
 */
export function programScript(
  command: readonly string[],
  cwd: string | null,
  redact: readonly string[] | null = null,
  secrets: readonly string[] = [],
): string {
  const folder = cwd === null ? '"$ATHANOR_JOB"' : quote(cwd);
  const cut = (part: 'head' | 'tail', bytes: number) =>
    redact === null
      ? `$at_once ${part} -c ${bytes}`
      : `NODE_OPTIONS= ${[...redact, part, String(bytes), ...secrets].map(quote).join(' ')}`;
  return `set -f
job=$PWD
# What was said must be on the disk before everybody who holds stdout has ended.
at_once=$(command -v stdbuf) && at_once="$at_once -o0"
{
  {
    { umask "$1" && cd ${folder} && unset OLDPWD && ${command.map(quote).join(' ')}; } < "$job/input.json" 2>&3 3>&-
    echo "$?" > "$job/code"
  } | ${cut('head', answerLimit + 1)} > "$job/answer"
} 3>&1 | ${cut('tail', complaintLimit)} > "$job/complaint"
`;
}
