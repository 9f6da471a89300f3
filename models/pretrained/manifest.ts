import { z } from 'zod';
import { sha256Pattern } from '../domain/artefact.js';
import { goldenSchema } from './golden-schema.js';
import { lineageSchema } from './lineage.js';
import { inputRoles, portForm, readPort } from './ports.js';
import { tokenizerSchema } from './tokenizer-schema.js';

/** What a model takes. */
export const modalities = [
  'smiles',
  'reaction-smiles',
  'text',
  'selfies',
  'composition',
  'structure-graph',
  'vector',
] as const;

/** How the numbers of a text's tokens become one row. */
export const poolings = ['mean', 'cls'] as const;
/** One of them: the mean over the tokens, or the first token. */
export type Pooling = (typeof poolings)[number];

/** Programs of `models/encode` that make the inputs of networks which take no tokens, and what these take. */
export const inputEncoders = {
  minimol: 'structure-graph',
  'element-fractions': 'composition',
  curve: 'vector',
} as const satisfies Record<string, (typeof modalities)[number]>;

/** Names that can be folders and files everywhere. */
const plainName = z
  .string()
  .max(100)
  .regex(/^[A-Za-z0-9](?:[\w.+-]*[\w+-])?$/, 'letters, digits, dots, dashes, plus and underscores, at most 100');
const filePath = z
  .string()
  .max(300)
  .refine(
    (name) => name.split('/').every((part) => plainName.safeParse(part).success),
    'a path within the folder, of plain names',
  );
const words = z.string().min(1).max(10_000);
const port = z.string().refine((text) => readPort('', text) !== null, portForm);

/** What is allowed in a manifest; what must fit together is checked by `parseManifest`. */
export const manifestSchema = z.strictObject({
  /** By what people call the model. */
  id: plainName,
  version: plainName,
  title: words.optional(),
  source: words.optional(),
  citation: words.optional(),
  licence: words,
  parameters: words.optional(),
  checks: words.optional(),
  notes: words.optional(),
  opset: z.int().optional(),
  modality: z.enum(modalities),
  /** Whether texts are brought to a canonical form before they are read; for molecules. */
  canonicalFirst: z.boolean().optional(),
  tokenizer: tokenizerSchema,
  /** Who makes the inputs of a network that takes no tokens; where absent, nobody here can. */
  encoder: z.enum(Object.keys(inputEncoders) as [keyof typeof inputEncoders]).optional(),
  /** The file with the network. */
  model: filePath.optional(),
  inputs: z.record(z.string().min(1), port),
  /** What inputs of unusual names are for. */
  inputRoles: z.record(z.string(), z.enum(inputRoles)).optional(),
  outputs: z.record(z.string().min(1), port),
  /** How outputs of tokens are pooled where an output is named alone. */
  pooling: z.enum(poolings).optional(),
  recommendedOutput: words,
  /** Of every file of the model, by name. */
  sha256: z.record(filePath, z.string().regex(sha256Pattern, '64 hexadecimal digits')),
  golden: goldenSchema.optional(),
  /** Of a model that was fine-tuned from another. */
  lineage: lineageSchema.optional(),
});

/** What is to be known of a stored network to run it, and to know it from any other. Plain JSON. */
export type Manifest = Readonly<z.infer<typeof manifestSchema>>;

/** The file with the network. */
export function modelFile(manifest: Pick<Manifest, 'model'>): string {
  return manifest.model ?? 'model.onnx';
}

/** By what people call a model. */
export function modelName({ id, version }: Pick<Manifest, 'id' | 'version'>): string {
  return `${id}@${version}`;
}
