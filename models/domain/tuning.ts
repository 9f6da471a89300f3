import { z } from 'zod';
import { type CodesVersion, codesVersionSchema } from './codes-version.js';
import { AthanorError } from './errors.js';
import type { AuditEntry } from './record.js';

/** That an encoder of a campaign is to be fine-tuned on what the campaign knows. Plain JSON. */
export interface TuneOrder {
  /** Which of the campaign's orders, from 1. */
  readonly n: number;
  /** Which of the codes of the space it is about, from 0. */
  readonly at: number;
  /** The last round asked for, and trials in flight or to be, when it was given: by these is known what there was to learn from. */
  readonly round: number;
  readonly pending: readonly string[];
  /** Results of the campaign by then. */
  readonly measured: number;
  /** Versions in use then, where they are others than the space has. */
  readonly codes?: readonly CodesVersion[];
  /** What brought it about, in words; who. */
  readonly trigger: string;
  readonly who: string;
  /** Why a person wanted it. */
  readonly why?: string;
  readonly folds?: number;
  readonly settings?: TuneSettings;
}

/** When an encoder is fine-tuned: after so many new results, or where values lie outside of their intervals too often. */
export interface TuneRule {
  /** Which of the codes of the space it is about, from 0. */
  readonly at: number;
  readonly every?: number;
  /** Share of the last values outside of their 90 % intervals. */
  readonly drift?: number;
  /** Results before which it does not begin. */
  readonly atLeast: number;
  /** Present where rounds wait until it is over. */
  readonly wait?: true;
  /** Present where it begins between two rounds alone, so that what is in flight, and came first, does not matter. */
  readonly between?: true;
}

/** How far a campaign is with the fine-tuning of its encoders. */
export interface TuningState {
  /** How many were ordered. */
  readonly count: number;
  /** The one under way. */
  readonly current: TuneOrder | null;
  /** By rule, how many results the last one knew. */
  readonly learned: readonly number[];
  /** Whether values lay in their 90 % intervals, the last ones since the last was ordered. */
  readonly inside: readonly boolean[];
}

/** How it is learned, where not as usual. */
export interface TuneSettings {
  readonly seed?: number;
  readonly layers?: number;
  readonly epochs?: number;
  readonly rate?: number;
}

const pairedSchema = z.looseObject({
  molecules: z.int(),
  ...{ inUse: z.number(), tuned: z.number(), gain: z.number(), error: z.number() },
});

const judgedSchema = pairedSchema.extend({
  against: z.string(),
  ...{ random: z.number().optional(), classical: z.number().optional() },
  /** Why there is no figure of one of these. */
  absent: z.record(z.string(), z.string()).optional(),
  /** Of the last trials, each foretold from those before it. */
  prequential: pairedSchema.optional(),
});

/** What the schema of an end accepts. */
export const tuningEndSchema = z.strictObject({
  /** ID@VERSION that was made; null where none was. */
  name: z.string().nullable(),
  verdict: z.enum(['promoted', 'rejected']),
  reason: z.string(),
  /** How both versions foretold; null where that could not be compared. */
  judged: judgedSchema.nullable(),
  /** How many values of each level it has learned from, and sha256 over them; absent where that is not known. */
  labels: z.record(z.string(), z.int()).optional(),
  dataHash: z.string().optional(),
  /** Its codes, where it was promoted. */
  version: codesVersionSchema.nullable(),
});
/** What came of an order. Plain JSON. */
export type TuningEnd = Readonly<z.infer<typeof tuningEndSchema>>;

/** What came of an order of which no version was made. */
export function nothingMade(reason: string): TuningEnd {
  return { name: null, verdict: 'rejected', reason: `no version was made: ${reason}`, judged: null, version: null };
}

/** Whether an error would come again if an order was tried again: it is then what came of the order. */
export function wouldComeAgain(error: unknown): boolean {
  return error instanceof AthanorError && forGood.includes(error.code);
}

const forGood = [
  'NUMERICAL',
  'INFEASIBLE',
  'INVALID_INPUT',
  'MEMORY',
  'DAMAGED',
  'NOT_FOUND',
  'ARTEFACT',
  'CONTRACT',
  'SHAPE',
];

const versionEntrySchema = z.looseObject({
  at: z.int(),
  /** The version in use after it; null where that is the one that the space has. */
  version: codesVersionSchema.nullable(),
  sinceRound: z.int(),
  n: z.int().optional(),
  measured: z.int().optional(),
  name: z.string().nullable().optional(),
  verdict: z.enum(['promoted', 'rejected']).optional(),
  reason: z.string().optional(),
  judged: judgedSchema.nullable().optional(),
  trigger: z.string().optional(),
});

/** What was done with the versions of a campaign's encoders. */
export const versionActions = ['finetune', 'rollback'] as const;

/** An act on the versions of an encoder, as the record of its campaign tells it. */
export interface VersionEntry extends AuditEntry {
  readonly told: z.infer<typeof versionEntrySchema>;
}

/** Acts on the versions of a campaign's encoders, oldest first. */
export function versionEntries(audit: readonly AuditEntry[]): readonly VersionEntry[] {
  return audit.flatMap((entry) => {
    if (!(versionActions as readonly string[]).includes(entry.action)) return [];
    const { data } = versionEntrySchema.safeParse(entry.details);
    return data === undefined ? [] : [{ ...entry, told: data }];
  });
}

/** The versions in use after these acts, in the order of the codes of the space. */
export function versionsAfter(entries: readonly VersionEntry[]): readonly CodesVersion[] {
  const inUse = new Map(entries.map(({ told: { at, version } }) => [at, version]));
  return [...inUse.values()].filter((version) => version !== null).sort((a, b) => a.at - b.at);
}

/** What the record says of an order and what came of it. */
export function tuningDetails(
  order: TuneOrder,
  end: TuningEnd,
  { sinceRound, meanwhile }: { readonly sinceRound: number; readonly meanwhile: string | null },
): AuditEntry['details'] {
  const { n, at, measured, trigger, why } = order;
  const before = order.codes?.find((one) => one.at === at) ?? null;
  const isUsed = end.version !== null && meanwhile === null;
  const reason = meanwhile === null ? end.reason : `${end.reason}; but ${meanwhile} came into use meanwhile`;
  return {
    ...{ n, at, sinceRound, trigger, measured },
    ...end,
    ...{ verdict: isUsed ? 'promoted' : 'rejected', reason, version: isUsed ? end.version : before },
    ...(why === undefined ? {} : { note: why }),
  };
}
