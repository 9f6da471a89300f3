/** How much of the raw outputs of a trial is kept. */
export interface RawLimits {
  /** Bytes of one raw output. */
  readonly fileBytes: number;
  /** Bytes of all of one generation of a trial together. */
  readonly trialBytes: number;
}

const mebibyte = 2 ** 20;

/** What is kept where nobody says otherwise: half a GB of one file, two of a trial. */
export const rawLimits: RawLimits = { fileBytes: 512 * mebibyte, trialBytes: 2048 * mebibyte };

/** Why a raw output is not kept, and where it is; for the details of the trial. @param size - null where only that it is more */
export function leftWords(
  name: string,
  { size, limit, at, of }: { size: number | null; limit: number; at?: string | undefined; of: 'file' | 'trial' },
): string {
  const has = size === null ? `more than ${limit} bytes` : `${size} bytes`;
  const most = `at most ${limit} of one ${of === 'file' ? 'file' : 'trial'} are kept`;
  return `${name}: ${has}; ${most}; it is left ${at === undefined ? 'where it is' : `at ${at}`}`;
}
