/**
 * Shell script that runs one job: `sh wrapper.sh LEDGER SECONDS` in the folder of its state.
 *
 * It does not need the process that started it. It claims the job (of several wrappers one wins: `ln` is atomic), takes
 * the token, of which nothing is left for the program to read, writes a line to the ledger, runs `program.sh` under
 * coreutils' timeout, which ends the whole process group with SIGKILL, and notes token, exit code, begin and end
 * (seconds of uptime) in one rename. What the program may have put in the note's place is removed first. Its files are for
 * their owner alone; program.sh is told the umask that was in force before.
 */
export const wrapperScript = `set -f
mask=$(umask)
umask 077
ledger=$1
seconds=$2
read -r boot < /proc/sys/kernel/random/boot_id
read -r stat < /proc/$$/stat
set -- \${stat##*) }
shift 19
printf '%s\\n' "$$ $1 $boot" > "claim.$$" || exit 1
ln "claim.$$" pid 2> claim.err
claimed=$?
rm -f "claim.$$"
if [ "$claimed" -ne 0 ]; then [ -e pid ] && exit 0; exit 1; fi
read -r token < token || exit 1
rm -f token
cat start-line >> "$ledger"
read -r begun rest < /proc/uptime
timeout -s KILL "$seconds" sh program.sh "$mask" < /dev/null > program.out 2> program.err
code=$?
read -r ended rest < /proc/uptime
rm -rf ended ended.part
printf '%s\\n' "$token $code $begun $ended" > ended.part && mv ended.part ended
`;

/** How the program of a job ended. */
export interface ProgramEnd {
  /** Exit code of program.sh; 128 + the signal's number if a signal ended it. */
  readonly code: number;
  readonly durationMs: number;
  readonly timedOut: boolean;
}

/**
 * Reads the wrapper's note of the end.
 * @param timeoutMs - the limit the wrapper was given; the timeout's own SIGKILL is told from another one by the time
 */
export function parseEnd(note: string, timeoutMs: number): ProgramEnd | null {
  const [code, begun, ended] = note.trim().split(' ').map(Number);
  if (code === undefined || begun === undefined || ended === undefined || ![code, begun, ended].every(Number.isFinite))
    return null;
  const durationMs = Math.max(0, Math.round((ended - begun) * 1000));
  // Uptime counts in hundredths of a second.
  return { code, durationMs, timedOut: code === 137 && durationMs >= timeoutMs - 20 };
}

/** A word for the shell, quoted so that nothing in it is special. */
export function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/** The key of a line of the ledger; null where a program wrote something else there. */
export function keyIn(line: string): string | null {
  const key = /^\{"key":(".*")\}$/.exec(line)?.[1];
  try {
    return key === undefined ? null : (JSON.parse(key) as string);
  } catch {
    return null;
  }
}
