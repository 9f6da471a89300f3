import type { ArtefactRef, ArtefactSource } from '../domain/artefact.js';
import { AthanorError } from '../domain/errors.js';
import type { FitRecord, MemberFit } from '../domain/fit-record.js';
import type { Basis } from '../domain/proposal.js';
import type { CampaignRecord, TrialRecord } from '../domain/record.js';
import { sha256Of } from '../domain/sha256.js';
import type { EarlierFit } from '../surrogate/ensemble.js';
import type { DecideRequest } from './decision.js';

/** The artefacts of one decision: those that it was made with, and those that it made. */
export class Artefacts {
  private readonly taken = new Map<string, string>();
  private readonly kept = new Map<string, Uint8Array>();

  /** @param source - of what earlier rounds made; absent where they made nothing */
  constructor(readonly source: ArtefactSource = nothing) {}

  /** What the decision was made with, in the order in which it was asked for. */
  get used(): readonly ArtefactRef[] {
    return [...this.taken].map(([name, sha256]) => ({ name, sha256 }));
  }

  /** What the decision made, by sha256; nothing that it was made with. */
  get made(): ReadonlyMap<string, Uint8Array> {
    const used = new Set(this.taken.values());
    return new Map([...this.kept].filter(([sha256]) => !used.has(sha256)));
  }

  /**
   * The bytes of an artefact, which counts as used from now on.
   *
   * @throws as `checkedBytes`
   */
  async use({ name, sha256 }: ArtefactRef): Promise<Uint8Array> {
    const bytes = await checkedBytes(this.source, sha256);
    this.taken.set(name, sha256);
    return bytes;
  }

  /** Takes bytes in that the decision made. @returns their sha256 */
  keep(bytes: Uint8Array): string {
    const sha256 = sha256Of(bytes);
    // In a buffer of their own: they may be part of one that is much larger, or changes.
    if (!this.kept.has(sha256)) this.kept.set(sha256, bytes.slice());
    return sha256;
  }

  /**
   * The state of each surrogate of an earlier fit, as a next fit starts from it.
   *
   * @param of - what the fit was of, where it was not of the first objective
   * @throws as `use`
   */
  async earlier(members: readonly MemberFit[], of?: string): Promise<EarlierFit[]> {
    const fits: EarlierFit[] = [];
    for (const { name, hyperparameters, artefact: sha256 } of members) {
      const used = of === undefined ? `surrogate ${name}` : `surrogate ${name} of ${of}`;
      const state = sha256 === undefined ? {} : { artefact: await this.use({ name: used, sha256 }) };
      fits.push({ name, hyperparameters, ...state });
    }
    return fits;
  }
}

/**
 * The bytes of an artefact.
 *
 * @throws {AthanorError} ARTEFACT if there are none, or they have another sha256
 */
export async function checkedBytes(source: ArtefactSource, sha256: string): Promise<Uint8Array> {
  const bytes = await source(sha256);
  if (sha256Of(bytes) === sha256) return bytes;
  throw new AthanorError('ARTEFACT', `the bytes given for artefact ${sha256} are others`);
}

function nothing(sha256: string): Promise<never> {
  return Promise.reject(nobodyHolds(sha256));
}

function nobodyHolds(sha256: string): AthanorError {
  return new AthanorError('ARTEFACT', `nobody holds the artefact ${sha256}`);
}

/** The artefacts that a record holds. */
export function recordedArtefacts({ artefacts = {} }: Pick<CampaignRecord, 'artefacts'>): ArtefactSource {
  return async (sha256) => {
    const text = Object.hasOwn(artefacts, sha256) ? artefacts[sha256]! : null;
    return text === null ? nothing(sha256) : new Uint8Array(Buffer.from(text, 'base64'));
  };
}

/** Artefacts as a record holds them: in base64, by sha256; nothing at all where there are none. */
export function writtenArtefacts(held: ReadonlyMap<string, Uint8Array>): Pick<CampaignRecord, 'artefacts'> {
  if (held.size === 0) return {};
  const texts = [...held].map(([sha256, bytes]) => [sha256, Buffer.from(bytes).toString('base64')] as const);
  return { artefacts: Object.fromEntries(texts) };
}

/** The part of a request that gives what is held in memory; nothing at all where that is nothing. */
export function heldArtefacts(held: ReadonlyMap<string, Uint8Array>): Pick<DecideRequest, 'artefacts'> {
  return held.size === 0 ? {} : { artefacts: async (sha256) => heldBytes(held, sha256) };
}

/** The bytes of an artefact that is held in memory. @throws {AthanorError} ARTEFACT if there are none */
export function heldBytes(held: ReadonlyMap<string, Uint8Array>, sha256: string): Uint8Array {
  const bytes = held.get(sha256);
  if (bytes === undefined) throw nobodyHolds(sha256);
  return bytes;
}

/**
 * The sha256 of all artefacts that proposals speak of: what they were made with, the extensions of their pool, the codes of
 * versions of encoders, and the states of their surrogates.
 */
export function namedArtefacts(trials: readonly Pick<TrialRecord, 'proposal'>[]): ReadonlySet<string> {
  return new Set(trials.flatMap(({ proposal }) => artefactsOf(proposal.basis)));
}

function artefactsOf({ artefacts = [], extensions = [], codes = [], fit }: Basis): string[] {
  return [
    ...artefacts.map(({ sha256 }) => sha256),
    ...extensions,
    ...codes.map(({ artefact }) => artefact),
    ...statesOf(fit),
  ];
}

function statesOf(fit: FitRecord | null): string[] {
  const members = [...(fit?.members ?? []), ...(fit?.outcomes ?? []).flatMap((outcome) => outcome.members)];
  return members.flatMap(({ artefact }) => artefact ?? []);
}
