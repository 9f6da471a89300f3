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
  const isSame = `[ "$(cat started/job 2> /dev/null)" = "$me" ] && [ "\${SLURM_RESTART_COUNT:-0}" -gt "$(tail -n 1 started/restarts)" ]`;
  return `#!/bin/sh
cd ${quote(folder)} || exit ${guardCodes.noFolder}
me="\${SLURM_ARRAY_JOB_ID:+\${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID}"
me="\${me:-$SLURM_JOB_ID}"
if [ -e cancelled ]; then exit ${guardCodes.cancelled}; fi
if ! mkdir started 2> /dev/null; then
  ${settings.again ? `{ ${isSame}; } || ` : ''}exit ${guardCodes.begunBefore}
fi
echo "$me" > started/job
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

/**
 * Puts the files of jobs into their folders and submits them, but for those whose key has begun: one by itself, several as one
 * array. What is said of one of several has its number before it.
 */
export function submitScript(settings: SlurmSettings, submissions: readonly Submission[]): string {
  const { folder, again } = settings;
  const seconds = secondsOf(settings);
  const [first] = submissions;
  const isArray = submissions.length > 1;
  const name = isArray ? arrayName(settings, submissions) : jobName(settings, first!.name);
  const home = isArray ? folder : `${folder}/${first!.name}`;
  const prepared = submissions.map((each, i) => {
    const [tag, batch] = isArray ? [`${i}.`, `${name} ${i}`] : ['', null];
    return `prepare${i}() {\n${prepareScript(settings, each, tag, batch)}}\nprepare${i} && ready="$ready ${i}"`;
  });
  const options = [
    '--parsable',
    `--comment=${commentOf(submissions)}`,
    `--job-name=${name}`,
    `--chdir=${home}`,
    `--output=${isArray ? '/dev/null' : `${home}/output`}`,
    '--open-mode=append',
    again ? '--requeue' : '--no-requeue',
    ...first!.options,
  ];
  const array = `cd ${quote(folder)} || return
${put(`.${name}.sh`, arrayScript(settings, submissions), '', 'return')}`;
  const submit = `sbatch ${isArray ? '--array="$(echo $ready | tr \' \' ,)" ' : ''}${options.map(quote).join(' ')}`;
  const names = submissions.map((each) => each.name).join(' ');
  return `ready=''
${prepared.join('\n')}
[ -n "$ready" ] || return
${isArray ? array : `cd ${quote(home)} || return\n`}id=$(within ${seconds} ${submit} ${isArray ? `.${name}.sh` : 'job.sh'} 2> .${name}.complaint)
say code $?
say complaint "$(tr '\\n' ' ' < .${name}.complaint | tail -c 2000)"
say id "$id"
rm -f .${name}.complaint .${name}.sh
[ -n "$id" ] || return
${
  isArray
    ? `cluster=''
case "$id" in *';'*) cluster=";\${id#*;}" ;; esac
i=0
for each in ${names}; do
  case " $ready " in *" $i "*) echo "\${id%%;*}_$i$cluster" > "$each/.submitted.new" && mv "$each/.submitted.new" "$each/submitted" ;; esac
  i=$((i + 1))
done`
    : 'echo "$id" > .submitted.new && mv .submitted.new submitted'
}`;
}

/** Puts a job's files into its folder; fails where it has begun. @param batch - name of its array, and its number there */
function prepareScript(settings: SlurmSettings, submission: Submission, tag: string, batch: string | null): string {
  const folder = `${settings.folder}/${submission.name}`;
  const run = settings.run.endsWith('\n') ? settings.run : `${settings.run}\n`;
  const files = {
    'request.json': submission.request,
    'run.sh': run,
    'job.sh': jobScript(settings, folder, submission),
  };
  return `mkdir -p ${quote(folder)} && cd ${quote(folder)} || { say ${tag}folder "it cannot be made"; return 1; }
for each in started submitted cancelled; do
  if [ -e "$each" ]; then say ${tag}before "$each"; return 1; fi
done
${Object.entries(files)
  .map(([name, text]) => put(name, text, tag, 'return 1'))
  .join('')}${batch === null ? 'rm -f batch' : put('batch', `${batch}\n`, tag, 'return 1')}
chmod 755 run.sh job.sh
`;
}

const put = (file: string, text: string, tag: string, end: string) =>
  `base64 -d > .${file}.new <<'END' && mv .${file}.new ${file} || { say ${tag}folder "${file} cannot be written"; ${end}; }\n${wrapped(text)}\nEND\n`;

/** The script of an array: each of its jobs is that of a folder. */
function arrayScript({ folder }: SlurmSettings, submissions: readonly Submission[]): string {
  const cases = submissions.map(({ name }, i) => `${i}) cd ${quote(`${folder}/${name}`)} ;;\n`);
  return `#!/bin/sh
case "$SLURM_ARRAY_TASK_ID" in
${cases.join('')}*) false ;;
esac || exit ${guardCodes.noFolder}
exec sh ./job.sh >> output 2>&1
`;
}

/** What Slurm calls an array of these jobs. */
function arrayName({ folder }: SlurmSettings, submissions: readonly Submission[]): string {
  const text = [folder, ...submissions.map(({ name }) => name)].join('\n');
  return `array-${createHash('sha256').update(text).digest('hex').slice(0, 32)}`;
}

/** The keys, as far as Slurm's comments go. */
function commentOf(submissions: readonly Submission[]): string {
  const keys = submissions.map(({ key }) => key).join(' ');
  return submissions.length > 1 && keys.length > 1_000 ? `${keys.slice(0, 990)} ...` : keys;
}

/** Tells all that is known of a job: what is in the queue, what Slurm remembers, what stands in its folder. */
export function lookScript(settings: SlurmSettings, name: string): string {
  const { folder, limit, result, keep } = settings;
  const seconds = secondsOf(settings);
  const names = [...new Set([result, ...keep])].map(quote).join(' ');
  const own = jobName(settings, name);
  return `${batchOf(`${folder}/${name}`, own)}
queue=$(within ${seconds} squeue -h -r --name="$called" -t all -o '%i|%T|%r' 2>&1)
code=$?
say queue-code $code
# Of an array only ours.
[ $code != 0 ] || queue=$(printf '%s\\n' "$queue" | grep "^[0-9][0-9]*$number|")
printf '%s\\n' "$queue" | while read -r line; do [ -z "$line" ] || say queue "$line"; done
if ls ${quote(folder)} > /dev/null; then say folder there; else say folder missing; fi
cd ${quote(`${folder}/${name}`)} 2> /dev/null || { return; }
say own there
for each in submitted started/job ended; do
  [ ! -e "$each" ] || say "$each" "$(head -c 200 "$each" | tr '\\n' ' ')"
done
[ ! -e ended ] || say ended-at "$(date -r ended +%Y-%m-%dT%H:%M:%S 2> /dev/null)"
for each in started cancelled; do [ ! -e "$each" ] || say "$each" yes; done
beat=$(cat started/alive 2> /dev/null)
case "$beat" in ''|*[!0-9]*) ;; *) say alive "$(($(date +%s) - beat))" ;; esac
case "$queue" in
  *'|RUNNING|'*|*'|PENDING|'*) ;;
  *)
    # A controller that is down is waited for once, not three times.
    [ $code != 0 ] || for id in $(cat submitted started/job 2> /dev/null | sort -u | head -n 3); do
      # A controller that lost its last seconds gives out the same numbers again: only what has our name is told of ours.
      say record "$(within ${seconds} scontrol show job "\${id%%;*}" -o 2> /dev/null | grep -F " JobName=$called " | head -n 1 | head -c 4000)"
      say account "$(within ${seconds} sacct -X -n -P -o State,ExitCode,JobName -j "\${id%%;*}" 2> /dev/null | grep -F "|$called" | tail -n 1)"
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
  const own = jobName(settings, name);
  return `mkdir -p ${quote(`${folder}/${name}`)} && cd ${quote(`${folder}/${name}`)} || { say folder "it cannot be written"; return; }
[ -e ended ] || : > cancelled || { say folder "it cannot be written"; return; }
${batchOf(`${folder}/${name}`, own)}
if [ -z "$number" ]; then complaint=$(within ${seconds} scancel --name=${own} 2>&1); code=$?
else
  complaint=$(within ${seconds} squeue -h -r --name="$called" -o %i 2>&1); code=$?
  if [ $code = 0 ]; then
    ids=$(printf '%s\\n' "$complaint" | grep "^[0-9][0-9]*$number$")
    complaint=''
    [ -z "$ids" ] || { complaint=$(within ${seconds} scancel $ids 2>&1); code=$?; }
  fi
fi
say code $code
say complaint "$(printf '%s' "$complaint" | tail -c 500 | tr '\\n' ' ')"`;
}

/** Sets what Slurm calls a job: a name of its own, or that of an array with the end of its id there. */
const batchOf = (folder: string, own: string) => `called=${own} number=''
if [ -e ${quote(`${folder}/batch`)} ]; then
  read -r called number < ${quote(`${folder}/batch`)}
  number="_$number"
fi`;

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
