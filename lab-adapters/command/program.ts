import { quote } from '../internal/wrapper.js';

/** More than this on stdout is no answer, bytes. */
export const answerLimit = 1_048_576;
/** So much of the end of stderr is kept, bytes. */
const complaintLimit = 8_192;

/**
 * Shell script that gives the program its input, and keeps what it answers, the end of what it complains of and its
 * exit code in `answer`, `complaint` and `code`, beside itself and away from the folder of the program. A program that floods stdout loses its reader at the limit; stderr
 * may be as long as it likes, since only its end goes to disk.
 *
 * @param cwd - folder to run in; the program's own scratch folder where null
 */
export function programScript(command: readonly string[], cwd: string | null): string {
  const folder = cwd === null ? '"$ATHANOR_JOB"' : quote(cwd);
  return `set -f
job=$PWD
{
  {
    { cd ${folder} && unset OLDPWD && ${command.map(quote).join(' ')}; } < "$job/input.json" 2>&3 3>&-
    echo "$?" > "$job/code"
  } | head -c ${answerLimit + 1} > "$job/answer"
} 3>&1 | tail -c ${complaintLimit} > "$job/complaint"
`;
}
