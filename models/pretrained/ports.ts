/** An input or output as a manifest tells it: `float32 [batch, tokens, 256]`, and any words after a comma. */
export interface ManifestPort {
  readonly name: string;
  readonly type: string;
  /** Sizes; names stand for sizes that differ from run to run. */
  readonly shape: readonly (number | string)[];
}

/** What the text of an input or output must look like, in words. */
export const portForm = "a type and a shape, e.g. 'int64 [batch, tokens]'";

const form = /^(float32|float64|float16|int64|int32|bool) \[([^\]]*)\](?:,.*)?$/s;
const range = /^(.*?)(\d+)\.\.(.*?)(\d+)$/s;
/** Outputs that one range may stand for. */
const mostOfRange = 1_000;

/** Type and shape in the text of an input or output; null where it has not that form. */
export function readPort(name: string, text: string): ManifestPort | null {
  const [, type, inner] = form.exec(text) ?? [];
  if (type === undefined || inner === undefined) return null;
  const parts = inner.split(',').map((part) => part.trim());
  const isScalar = inner.trim() === '';
  if (!isScalar && parts.some((part) => !/^(?:[1-9]\d{0,8}|[A-Za-z_][\w.-]*)$/.test(part))) return null;
  return { name, type, shape: isScalar ? [] : parts.map((part) => (/^\d/.test(part) ? Number(part) : part)) };
}

/** Inputs or outputs of a manifest, each by itself: `pool0..pool12` stands for 13. */
export function portsOf(texts: Readonly<Record<string, string>>): readonly ManifestPort[] {
  return Object.entries(texts).flatMap(([name, text]) => namesOf(name).flatMap((each) => readPort(each, text) ?? []));
}

/** The names that one stands for. */
function namesOf(name: string): readonly string[] {
  const [, head, first, otherHead, last] = range.exec(name) ?? [];
  if (head === undefined || head !== otherHead) return [name];
  const [from, to] = [Number(first), Number(last)];
  if (!(from <= to && to - from < mostOfRange)) return [name];
  return Array.from({ length: to - from + 1 }, (_, i) => `${head}${from + i}`);
}

/** What an input of tokens is for. */
export const inputRoles = ['ids', 'mask', 'types', 'positions'] as const;
/** One of them: token numbers, 1 where a token stands, the sentence (0 everywhere), the place from 0. */
export type InputRole = (typeof inputRoles)[number];

const usualRoles: Readonly<Record<string, InputRole>> = {
  input_ids: 'ids',
  input: 'ids',
  tokens: 'ids',
  attention_mask: 'mask',
  input_mask: 'mask',
  mask: 'mask',
  token_type_ids: 'types',
  segment_ids: 'types',
  position_ids: 'positions',
};

/** What an input is for, by what the manifest says or else by its usual name; null where neither tells. */
export function roleOf(name: string, told: Readonly<Record<string, InputRole>> = {}): InputRole | null {
  if (Object.hasOwn(told, name)) return told[name]!;
  return Object.hasOwn(usualRoles, name) ? usualRoles[name]! : null;
}
