import type { ArtefactSource } from '../domain/artefact.js';
import type { CodesVersion } from '../domain/codes-version.js';
import { AthanorError } from '../domain/errors.js';
import type { Proposal } from '../domain/proposal.js';
import type { Space } from '../domain/space.js';
import { type SpaceCodes, spaceCodesSchema } from '../domain/space-codes.js';
import { checkedBytes } from './artefacts.js';
import { grownFrom } from './candidates.js';
import { DerivedSpaces } from './derived-spaces.js';

/** Spaces with codes of other versions, by these. */
const coded = new DerivedSpaces<{ readonly key: string; readonly space: Promise<Space> }>();

/**
 * The versions of encoders that the last of these proposals was made with, where they are not those whose codes the space holds. That
 * of a person was made with none.
 */
export function versionsOf(trials: readonly { readonly proposal: Pick<Proposal, 'basis'> }[]): readonly CodesVersion[] {
  return trials.findLast(({ proposal }) => proposal.basis.person === undefined)?.proposal.basis.codes ?? [];
}

/**
 * The space with the codes of other versions in the place of its own, the same object as long as it is among those used last; the
 * space itself where there is none.
 *
 * @throws {AthanorError} ARTEFACT if codes are not to be had, are none, or are of another version than was said
 */
export function codedSpace(space: Space, versions: readonly CodesVersion[], source: ArtefactSource): Promise<Space> {
  if (versions.length === 0) return Promise.resolve(space);
  const key = versions.map(({ at, artefact }) => `${at} ${artefact}`).join();
  const found = coded.of(space).find((one) => one.key === key);
  return coded.use(space, found ?? { key, space: withCodes(space, versions, source) });
}

async function withCodes(space: Space, versions: readonly CodesVersion[], source: ArtefactSource): Promise<Space> {
  const codes = [...(space.codes ?? [])];
  for (const version of versions) codes[version.at] = await readCodes(version, codes[version.at], source);
  const made = { ...space, codes };
  grownFrom(made, space);
  return made;
}

async function readCodes(version: CodesVersion, before: SpaceCodes | undefined, source: ArtefactSource) {
  const { at, encoder, output, identity, artefact } = version;
  const refuse = (what: string, cause?: unknown): never => {
    throw new AthanorError('ARTEFACT', `codes ${at} of the space by ${encoder}: ${what}`, { cause });
  };
  if (before === undefined) return refuse('the space has none at that place');
  const bytes = await checkedBytes(source, artefact);
  let codes: SpaceCodes;
  try {
    codes = spaceCodesSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
  } catch (cause) {
    return refuse(`the artefact ${artefact} holds no codes`, cause);
  }
  if (codes.encoder !== encoder || codes.output !== output || codes.identity !== identity)
    return refuse(`the artefact ${artefact} holds those of ${codes.encoder}, output ${codes.output}`);
  return codes;
}

/** Codes as an artefact holds them. */
export function codesText(codes: SpaceCodes): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(codes));
}
