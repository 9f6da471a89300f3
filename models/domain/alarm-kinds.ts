/** How soon a person has to act: people, equipment or sample at risk; the loop stands still; within the day. */
export const alarmPriorities = ['now', 'soon', 'today'] as const;
/** One of these. */
export type AlarmPriority = (typeof alarmPriorities)[number];

/** What is known beforehand of alarms of one kind. What needs nothing of a person is no alarm, but an event. */
export interface AlarmKind {
  readonly priority: AlarmPriority;
  /** What it most likely comes from. */
  readonly cause: string;
  /** What comes of it where nobody acts. */
  readonly consequence: string;
  /** What to do. */
  readonly action: string;
  /** How long there is for that, in words. */
  readonly time: string;
  /** For how long it has to be so before it is told, milliseconds. */
  readonly onDelayMs: number;
  /** For how long it has to be over before it counts as over; what comes back before is the same alarm, milliseconds. */
  readonly rearmMs: number;
}

const second = 1_000;
const minute = 60 * second;

/** Every kind of alarm. */
export const alarmKinds = {
  unconfirmed: {
    priority: 'now',
    cause: 'the device did not answer, cannot be stopped from here, or is driven elsewhere',
    consequence: 'it may move, heat or dose on while everybody takes it for stopped',
    action: 'go to it, stop it by hand, then mark it at the safe stop',
    time: 'at once',
    onDelayMs: 0,
    rearmMs: 0,
  },
  stop: {
    priority: 'soon',
    cause: 'a person has stopped the lab',
    consequence: 'nothing begins until the stop is released; measured data are kept',
    action: 'find out why, look at the instruments, then release the stop',
    time: 'when it is safe',
    onDelayMs: 0,
    rearmMs: 0,
  },
  unknown: {
    priority: 'soon',
    cause: 'cable, controller or network of the instrument: a job was begun and nobody can tell what became of it',
    consequence: 'its slot is held and these trials wait; other instruments go on',
    action: 'look at the instrument, then say of each job whether it was started, or clear the instrument',
    time: 'before its sample spoils',
    onDelayMs: 30 * second,
    rearmMs: minute,
  },
  fault: {
    priority: 'soon',
    cause: 'somebody said that the instrument is out of order',
    consequence: 'nothing begins on it; other instruments go on',
    action: 'mend it, then clear the fault',
    time: 'hours',
    onDelayMs: 0,
    rearmMs: minute,
  },
  paused: {
    priority: 'today',
    cause: 'somebody paused the jobs of the instrument and did not resume them',
    consequence: 'its jobs are held where they are, and nothing begins on it',
    action: 'resume it',
    time: 'the day',
    onDelayMs: 60 * minute,
    rearmMs: minute,
  },
  problem: {
    priority: 'soon',
    cause: 'several failures in a row, or a setting that does not work any more',
    consequence: 'the campaign has paused by itself and begins nothing',
    action: 'read what it says, mend that, then resume the campaign',
    time: 'hours',
    onDelayMs: 0,
    rearmMs: minute,
  },
  away: {
    priority: 'soon',
    cause: 'the machine is off, or its worker has ended',
    consequence: 'trials whose jobs it keeps wait for it',
    action: 'start the worker there again, or give its trials up with retry',
    time: 'hours',
    onDelayMs: 5 * minute,
    rearmMs: minute,
  },
  worker: {
    priority: 'soon',
    cause: 'the machine beside the instrument is off, or its worker has ended',
    consequence: 'nothing begins on the instrument',
    action: 'start the worker there again',
    time: 'hours',
    onDelayMs: 2 * minute,
    rearmMs: minute,
  },
  unworked: {
    priority: 'soon',
    cause: 'no worker runs: its machine is off, or it was ended',
    consequence: 'campaigns stand still; what instruments do goes on unseen',
    action: "start one: 'athanor worker'",
    time: 'hours',
    onDelayMs: 2 * minute,
    rearmMs: minute,
  },
  unable: {
    priority: 'soon',
    cause: 'an instrument that can do the step was taken out of the lab',
    consequence: 'trials with that step wait for ever',
    action: 'register the lab with an instrument that can, or abort the campaign',
    time: 'hours',
    onDelayMs: minute,
    rearmMs: minute,
  },
  empty: {
    priority: 'soon',
    cause: 'the stock is used up, or too little for a trial that waits',
    consequence: 'trials that need it wait',
    action: 'fill it up and say so',
    time: 'hours',
    onDelayMs: 0,
    rearmMs: minute,
  },
  low: {
    priority: 'today',
    cause: 'less is left than the lab file warns of',
    consequence: 'trials will wait once it is used up',
    action: 'fill it up and say so',
    time: 'the day',
    onDelayMs: 0,
    rearmMs: minute,
  },
  lapsing: {
    priority: 'soon',
    cause: 'a proposal waits for approval, and nobody has answered',
    consequence: 'it is decided without you when its time is up',
    action: 'approve or reject it',
    time: 'until it lapses, within four hours',
    onDelayMs: 0,
    rearmMs: 0,
  },
  still: {
    priority: 'soon',
    cause: 'nothing has happened in a running campaign for twice as long as its trials take',
    consequence: 'time passes and nothing is measured',
    action: 'look what it waits for: a person, an instrument, a worker',
    time: 'hours',
    onDelayMs: minute,
    rearmMs: 0,
  },
  quarantined: {
    priority: 'today',
    cause: 'values are beyond what was said to be plausible, or replicates disagree',
    consequence: 'they are not learned from until somebody says what counts',
    action: 'release, amend or discard them',
    time: 'the day',
    onDelayMs: 0,
    rearmMs: 0,
  },
  untold: {
    priority: 'soon',
    cause: 'a destination of notifications has not taken a message for a day, or wants no more',
    consequence: 'whoever is to be told there hears of nothing',
    action: "mend it: 'athanor notify --test'",
    time: 'hours',
    onDelayMs: 0,
    rearmMs: minute,
  },
  disk: {
    priority: 'today',
    cause: 'the disk of the campaign home is nearly full',
    consequence: 'results cannot be kept once it is full',
    action: 'make room',
    time: 'the day',
    onDelayMs: minute,
    rearmMs: 10 * minute,
  },
} as const satisfies Readonly<Record<string, AlarmKind>>;

/** The name of a kind. */
export type AlarmKindName = keyof typeof alarmKinds;

/** The kind of a name; null of one that this version does not know. */
export function alarmKindOf(name: string): AlarmKind | null {
  return Object.hasOwn(alarmKinds, name) ? alarmKinds[name as AlarmKindName] : null;
}
