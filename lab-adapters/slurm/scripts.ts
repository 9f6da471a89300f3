import { createHash } from 'node:crypto';
import { durationMs } from '../../models/domain/duration.js';
import { quote } from '../internal/wrapper.js';
import type { SlurmSettings } from './settings.js';

/** What a job is submitted with. */
export interface Submission {
  readonly key: string;
  readonly name: string;
  /** Text of request.json. */
  readonly request: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly options: readonly string[];
}

/** What Slurm calls a job: those of other folders have other names, so that their jobs are let alone. */
export function jobName({ folder }: SlurmSettings, name: string): string {
  return `${name}-${createHash('sha256').update(folder).digest('hex').slice(0, 8)}`;
}

/** Exit codes of a job that was not to begin: its folder is not there, it has begun before, it was cancelled. */
export const guardCodes = { noFolder: 73, begunBefore: 75, cancelled: 76 };

/**
 * The job as Slurm runs it. It begins by taking its folder `started`, which only one can, so that whatever is submitted or launched
 * twice runs once; it ends by writing `ended`, which says that all of its files are complete.
 */
export function jobScript(settings: SlurmSettings, folder: string, { key, name, variables }: Submission): string {
  const isSame = `[ "$(cat started/job 2> /dev/null)" = "$SLURM_JOB_ID" ] && [ "\${SLURM_RESTART_COUNT:-0}" -gt "$(tail -n 1 started/restarts)" ]`;
  return `#!/bin/sh
cd ${quote(folder)} || exit ${guardCodes.noFolder}
if [ -e cancelled ]; then exit ${guardCodes.cancelled}; fi
if ! mkdir started 2> /dev/null; then
  ${settings.again ? `{ ${isSame}; } || ` : ''}exit ${guardCodes.begunBefore}
fi
echo "$SLURM_JOB_ID" > started/job
echo "\${SLURM_RESTART_COUNT:-0}" >> started/restarts
rm -f ended
# Whatever Slurm holds of it: while this goes on it runs.
while :; do date +%s > started/.alive && mv started/.alive started/alive; sleep ${beatSeconds(settings)}; done > /dev/null 2>&1 &
beat=$!
export ATHANOR_KEY=${quote(key)} ATHANOR_NAME=${name}
${Object.entries(variables)
  .map(([variable, value]) => `export ${variable}=${quote(value)}\n`)
  .join('')}if head -n 1 run.sh | grep -q '^#!'; then ./run.sh; else sh -e ./run.sh; fi
code=$?
kill "$beat" 2> /dev/null
echo "$code" > ".ended-$SLURM_JOB_ID" && mv ".ended-$SLURM_JOB_ID" ended
exit "$code"
`;
}

/** Puts a job's files into its folder and submits it, unless one of its key has begun. */
export function submitScript(settings: SlurmSettings, submission: Submission): string {
  const { key, name, request, options } = submission;
  const folder = `${settings.folder}/${name}`;
  const seconds = secondsOf(settings);
  const put = (file: string, text: string) =>
    `base64 -d > .${file}.new <<'END' && mv .${file}.new ${file} || { say folder "${file} cannot be written"; return; }\n${wrapped(text)}\nEND\n`;
  const own = [
    '--parsable',
    `--comment=${key}`,
    `--job-name=${jobName(settings, name)}`,
    `--chdir=${folder}`,
    `--output=${folder}/output`,
    '--open-mode=append',
    settings.again ? '--requeue' : '--no-requeue',
  ];
  return `mkdir -p ${quote(folder)} && cd ${quote(folder)} || { say folder "it cannot be made"; return; }
for each in started submitted cancelled; do
  if [ -e "$each" ]; then say before "$each"; return; fi
done
${put('request.json', request)}${put('run.sh', settings.run.endsWith('\n') ? settings.run : `${settings.run}\n`)}${put('job.sh', jobScript(settings, folder, submission))}chmod 755 run.sh job.sh
id=$(within ${seconds} sbatch ${[...own, ...options].map(quote).join(' ')} job.sh 2> .complaint)
say code $?
say complaint "$(tr '\\n' ' ' < .complaint | tail -c 2000)"
say id "$id"
if [ -n "$id" ]; then echo "$id" > .submitted.new && mv .submitted.new submitted; fi`;
}

/** Tells all that is known of a job: what is in the queue, what Slurm remembers, what stands in its folder. */
export function lookScript(settings: SlurmSettings, name: string): string {
  const { folder, limit, result, keep } = settings;
  const seconds = secondsOf(settings);
  const names = [...new Set([result, ...keep])].map(quote).join(' ');
  return `queue=$(within ${seconds} squeue -h --name=${jobName(settings, name)} -t all -o '%i|%T|%r' 2>&1)
code=$?
say queue-code $code
printf '%s\\n' "$queue" | while read -r line; do [ -z "$line" ] || say queue "$line"; done
if ls ${quote(folder)} > /dev/null; then say folder there; else say folder missing; fi
cd ${quote(`${folder}/${name}`)} 2> /dev/null || { return; }
say own there
for each in submitted started/job ended; do
  [ ! -e "$each" ] || say "$each" "$(head -c 200 "$each" | tr '\\n' ' ')"
done
for each in started cancelled; do [ ! -e "$each" ] || say "$each" yes; done
beat=$(cat started/alive 2> /dev/null)
case "$beat" in ''|*[!0-9]*) ;; *) say alive "$(($(date +%s) - beat))" ;; esac
case "$queue" in
  *'|RUNNING|'*|*'|PENDING|'*) ;;
  *)
    # A controller that is down is waited for once, not three times.
    [ $code != 0 ] || for id in $(cat submitted started/job 2> /dev/null | sort -u | head -n 3); do
      say record "$(within ${seconds} scontrol show job "\${id%%;*}" -o 2> /dev/null | head -n 1 | head -c 4000)"
      say account "$(within ${seconds} sacct -X -n -P -o State,ExitCode -j "\${id%%;*}" 2> /dev/null | head -n 1)"
    done
    if [ -e output ]; then say output "$(tail -c 16384 output | base64 | tr -d '\\n')"; fi
    if [ -e ended ]; then
      for each in ${names}; do
        [ -e "$each" ] || continue
        size=$(wc -c < "$each" | tr -d ' ')
        if [ "$size" -gt ${limit} ]; then say large "$each $size"
        else say file "$each $(base64 < "$each" | tr -d '\\n')"; fi
      done
    fi ;;
esac`;
}

/** Ends a job wherever it is, and keeps one that comes late from beginning. */
export function cancelScript(settings: SlurmSettings, name: string): string {
  const { folder } = settings;
  const seconds = secondsOf(settings);
  return `mkdir -p ${quote(`${folder}/${name}`)} && cd ${quote(`${folder}/${name}`)} || { say folder "it cannot be written"; return; }
[ -e ended ] || : > cancelled || { say folder "it cannot be written"; return; }
complaint=$(within ${seconds} scancel --name=${jobName(settings, name)} 2>&1)
say code $?
say complaint "$(printf '%s' "$complaint" | tail -c 500 | tr '\\n' ' ')"`;
}

/** Whether the controller answers and the folder can be written. */
export function healthScript(settings: SlurmSettings): string {
  const { folder } = settings;
  return `complaint=$(within ${secondsOf(settings)} sinfo -h -o %T 2>&1)
say code $?
say complaint "$(printf '%s' "$complaint" | tail -c 500 | tr '\\n' ' ')"
mkdir -p ${quote(folder)} && [ -w ${quote(folder)} ] || say folder "it cannot be written"`;
}

/** Seconds between two signs of life of a job: three in the time that files may take to be seen. */
const beatSeconds = ({ settle }: SlurmSettings) => Math.max(1, Math.floor(durationMs(settle) / 3000));

const secondsOf = ({ timeout }: SlurmSettings) => Math.max(1, Math.ceil(durationMs(timeout) / 1000));

/** Base64 in lines that every tool reads. */
function wrapped(text: string): string {
  return Buffer.from(text).toString('base64').replace(/.{76}/g, '$&\n');
}
