import { AthanorError } from '../../../models/domain/errors.js';
import type { CampaignRecord } from '../../../models/domain/record.js';
import { versionEntries } from '../../../models/domain/tuning.js';
import { readConfig } from '../../config.js';
import { campaignModels } from '../../models/campaign-models.js';
import { print, type Terminal } from '../terminal.js';
import { whoSays } from '../who.js';
import { withServices } from '../with-control.js';

/** What a campaign may be told beside which of its encoders is meant. */
interface Asked {
  readonly folds?: number;
  readonly seed?: number;
  readonly layers?: number;
  readonly epochs?: number;
  readonly rate?: number;
  readonly as?: string;
  readonly json?: boolean;
}

/** Which of its encoders a campaign that still runs can fine-tune itself as this model, from 0; null where there is none. */
export function askedOf({ campaign, phase }: CampaignRecord, model: string): number | null {
  if (phase !== 'running' && phase !== 'paused') return null;
  const [id] = model.split('@');
  const at = (campaign.space.codes ?? []).findIndex(({ encoder }) => encoder.split('@')[0] === id);
  return at < 0 ? null : at;
}

/** Asks a campaign that runs to fine-tune one of its encoders. */
export async function askCampaign(terminal: Terminal, record: CampaignRecord, at: number, asked: Asked): Promise<void> {
  const { folds, seed, layers, epochs, rate } = asked;
  const { id } = record.campaign;
  const given = Object.entries({ seed, layers, epochs, rate }).filter(([, value]) => value !== undefined);
  const settings = given.length === 0 ? {} : { settings: Object.fromEntries(given) };
  const order = { who: whoSays(asked.as), at, ...(folds === undefined ? {} : { folds }), ...settings };
  const { home } = readConfig(terminal.environment);
  const { identity } = record.campaign.space.codes![at]!;
  const { tunings } = await withServices(terminal, async (control) => {
    // What the campaign has made itself is in the store, and mostly what it began with, too.
    const models = await campaignModels(home, record.campaign, [at]).catch(async (error: unknown) => {
      const isLacking = error instanceof AthanorError && error.code === 'NOT_FOUND';
      if (isLacking && (await control.hasModel(identity))) return [];
      throw error;
    });
    return control.finetune(id, order, models);
  });
  const { n } = tunings!.current!;
  await print(
    terminal,
    asked.json,
    { campaign: id, n },
    () => `campaign ${id} has begun fine-tuning ${n}: athanor status ${id}`,
  );
}

/**
 * Has a campaign that runs use a version of an encoder that it used before.
 *
 * @param name - `ID@VERSION`, or `ID` for the one before the version in use
 * @throws {AthanorError} NOT_FOUND if it never used it; WRONG_STATE if it uses it now
 */
export async function rollBackCampaign(
  terminal: Terminal,
  record: CampaignRecord,
  name: string,
  { why, as }: { readonly why: string; readonly as?: string },
): Promise<string> {
  const { campaign, audit } = record;
  const [id] = name.split('@');
  const at = (campaign.space.codes ?? []).findIndex(({ encoder }) => encoder.split('@')[0] === id);
  const none = (what: string) => new AthanorError('NOT_FOUND', `campaign '${campaign.id}' ${what}`);
  if (at < 0) throw none(`has no encoder ${id}`);
  const first = { encoder: campaign.space.codes![at]!.encoder, version: null };
  const used = versionEntries(audit)
    .filter(({ told }) => told.at === at)
    .map(({ told: { version } }) => (version === null ? first : { encoder: version.encoder, version }));
  const all = [first, ...used].filter(({ encoder }, i, list) => encoder !== list[i - 1]?.encoder);
  const now = all.at(-1)!;
  const wanted = name.includes('@') ? all.findLast(({ encoder }) => encoder === name) : all.at(-2);
  if (wanted === undefined)
    throw none(
      name.includes('@')
        ? `never used ${name}; it used ${all.map(({ encoder }) => encoder).join(', ')}`
        : 'used no other version before',
    );
  if (wanted.encoder === now.encoder) throw new AthanorError('WRONG_STATE', `${wanted.encoder} is in use already`);
  const order = { who: whoSays(as), note: why, at, version: wanted.version };
  await withServices(terminal, (control) => control.useVersion(campaign.id, order));
  return `campaign ${campaign.id} uses ${wanted.encoder} from the next round on, in place of ${now.encoder}`;
}
