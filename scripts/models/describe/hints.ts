import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { AthanorError } from '../../../models/domain/errors.js';

/** What the files beside a network say of how its texts are read; undefined where they say nothing. */
export interface FolderHints {
  readonly pad?: string | undefined;
  readonly unknown?: string | undefined;
  readonly cls?: string | undefined;
  readonly sep?: string | undefined;
  readonly mask?: string | undefined;
  readonly maxLength?: number | undefined;
  readonly pooling?: 'mean' | 'cls' | undefined;
  readonly licence?: string | undefined;
  readonly vocabulary: readonly string[] | null;
  readonly hasTokenizerJson: boolean;
}

const token = z.union([z.string(), z.object({ content: z.string() }).transform(({ content }) => content)]).catch('');
const tokensSchema = z.object({
  pad_token: token.optional(),
  unk_token: token.optional(),
  cls_token: token.optional(),
  sep_token: token.optional(),
  mask_token: token.optional(),
  model_max_length: z.number().optional().catch(undefined),
});
const configSchema = z.object({
  model_type: z.string().optional().catch(undefined),
  max_position_embeddings: z.number().optional().catch(undefined),
});
const tokenizerSchema = z.object({
  padding: z.object({ pad_token: z.string() }).nullish().catch(null),
  model: z.object({ unk_token: z.string().nullish() }).catch({}),
  added_tokens: z.array(z.object({ content: z.string() })).catch([]),
});
const poolingSchema = z.object({
  pooling_mode_cls_token: z.boolean().optional(),
  pooling_mode_mean_tokens: z.boolean().optional(),
});

/** Reads the files beside a network as hubs have them: tokenizer, configuration, pooling, licence. @throws as `read` */
export async function folderHints(folder: string): Promise<FolderHints> {
  const [tokens, special, config, tokenizer, pooling] = await Promise.all([
    read(folder, 'tokenizer_config.json', tokensSchema),
    read(folder, 'special_tokens_map.json', tokensSchema),
    read(folder, 'config.json', configSchema),
    read(folder, 'tokenizer.json', tokenizerSchema),
    read(folder, '1_Pooling/config.json', poolingSchema),
  ]);
  const vocabulary = (await text(folder, 'vocab.txt'))?.split(/\r?\n/).filter((line) => line !== '') ?? null;
  const known = new Set([...(vocabulary ?? []), ...(tokenizer?.added_tokens.map(({ content }) => content) ?? [])]);
  const usual = (...names: string[]) => names.find((name) => known.has(name));
  const told = (key: keyof typeof tokensSchema.shape & `${string}_token`) =>
    tokens?.[key] || special?.[key] || undefined;
  return {
    pad: told('pad_token') ?? tokenizer?.padding?.pad_token ?? usual('[PAD]', '<pad>'),
    unknown: told('unk_token') ?? tokenizer?.model.unk_token ?? usual('[UNK]', '<unk>'),
    cls: told('cls_token') ?? usual('[CLS]', '<s>'),
    sep: told('sep_token') ?? usual('[SEP]', '</s>'),
    mask: told('mask_token') ?? usual('[MASK]', '<mask>'),
    maxLength: lengthOf(tokens, config),
    pooling: pooling?.pooling_mode_mean_tokens ? 'mean' : pooling?.pooling_mode_cls_token ? 'cls' : undefined,
    licence: await licenceOf(folder),
    vocabulary,
    hasTokenizerJson: tokenizer !== null,
  };
}

function lengthOf(
  tokens: z.infer<typeof tokensSchema> | null,
  config: z.infer<typeof configSchema> | null,
): number | undefined {
  const places = config?.max_position_embeddings;
  // Networks of that family count places from two on.
  const isShifted = /roberta|camembert|mpnet/.test(config?.model_type ?? '');
  const limits = [tokens?.model_max_length, places === undefined ? undefined : places - (isShifted ? 2 : 0)];
  // A length that is not known is written as a number beyond all.
  const sound = limits.filter(
    (limit) => limit !== undefined && Number.isSafeInteger(limit) && limit >= 1 && limit <= 1e6,
  );
  return sound.length === 0 ? undefined : Math.min(...(sound as number[]));
}

/** The licence as a README for hubs has it, or the first line of a licence file. */
async function licenceOf(folder: string): Promise<string | undefined> {
  const readme = await text(folder, 'README.md');
  const front = /^---\n([\s\S]*?)\n---/.exec(readme ?? '')?.[1] ?? '';
  const told = /^licen[cs]e:\s*['"]?([^\n'"]+?)['"]?\s*$/m.exec(front)?.[1];
  if (told !== undefined) return told;
  for (const name of ['LICENSE', 'LICENSE.txt', 'LICENSE.md', 'LICENCE']) {
    const first = (await text(folder, name))?.split('\n').find((line) => line.trim() !== '');
    if (first !== undefined) return first.trim().slice(0, 200);
  }
  return undefined;
}

/** @throws {AthanorError} INVALID_INPUT if it is there and is no JSON object, as one that was cut off or never fetched */
async function read<T>(folder: string, file: string, schema: z.ZodType<T>): Promise<T | null> {
  const found = await text(folder, file);
  if (found === null) return null;
  const place = path.join(folder, file);
  try {
    return schema.parse(JSON.parse(found));
  } catch (cause) {
    const why = cause instanceof z.ZodError ? 'it is not what such a file holds' : (cause as Error).message;
    throw new AthanorError('INVALID_INPUT', `${place} cannot be read: ${why}`, { cause });
  }
}

async function text(folder: string, file: string): Promise<string | null> {
  return readFile(path.join(folder, file), 'utf8').catch(() => null);
}
