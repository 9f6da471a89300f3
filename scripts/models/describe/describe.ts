import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { AthanorError } from '../../../models/domain/errors.js';
import { openSession } from '../../../models/onnx/runtime.js';
import { openTextModel, type TextModel } from '../../../models/pretrained/embed.js';
import { goldenOf } from '../../../models/pretrained/golden.js';
import type { Manifest, modalities, Pooling } from '../../../models/pretrained/manifest.js';
import { type InputRole, portsOf, roleOf } from '../../../models/pretrained/ports.js';
import { parseManifest } from '../../../models/pretrained/read-manifest.js';
import { fileSha256 } from '../file-hash.js';
import { filesBelow } from '../find-root.js';
import { manifestFile, readBundle } from '../home-models.js';
import { modelLimits } from '../limits.js';
import { folderHints } from './hints.js';
import { networkPorts } from './network-ports.js';
import { tokenizerFor } from './tokenizer-for.js';
import { Wanted } from './wanted.js';

/** What a person can tell of a model; all of it is asked for only where it cannot be found. */
export interface Told {
  /** `ID@VERSION`. */
  readonly name?: string | undefined;
  readonly title?: string | undefined;
  readonly licence?: string | undefined;
  readonly modality?: (typeof modalities)[number] | undefined;
  /** The network, as a path within the folder. */
  readonly model?: string | undefined;
  readonly inputRole?: Readonly<Record<string, InputRole>> | undefined;
  readonly pattern?: string | undefined;
  readonly maxLength?: number | undefined;
  readonly tooLong?: 'refuse' | 'cut' | undefined;
  readonly output?: string | undefined;
  readonly pooling?: Pooling | undefined;
  /** Inputs of which golden values are taken. */
  readonly example?: readonly string[] | undefined;
}

/** Inputs of which golden values are taken where a person gives none. */
const examples: Readonly<Record<string, readonly string[]>> = {
  smiles: ['CCO', 'c1ccccc1', 'CC(=O)N'],
  'reaction-smiles': ['CCO.CC(=O)O>>CC(=O)OCC', 'CCBr.N>>CCN'],
  selfies: ['[C][C][O]', '[C][=C][C][=C][C][=C][Ring1][=Branch1]'],
  text: ['the yield was 85 % after 2 h at 80 °C', 'a band gap of 1.5 eV'],
};

/**
 * Writes what is to be known of the network in a folder, from the network itself, the files beside it and what a person tells;
 * nothing is put on disk.
 *
 * @throws {InvalidInputError} with every option that is missing
 * @throws {AthanorError} INVALID_INPUT if there is no network that can be opened; UNSUPPORTED without ONNX Runtime
 */
export async function describeFolder(folder: string, told: Told): Promise<Manifest> {
  const wanted = new Wanted();
  const model = await networkOf(folder, told.model);
  const { size } = await stat(path.join(folder, model));
  if (size > modelLimits.fileBytes)
    throw new AthanorError('INVALID_INPUT', `${model} has ${size} bytes; at most ${modelLimits.fileBytes} are read`);
  const hints = await folderHints(folder);
  const session = await openSession(await readFile(path.join(folder, model))).catch((cause: unknown) => {
    throw new AthanorError('INVALID_INPUT', `${model} cannot be opened as a network`, { cause });
  });
  if (session === null)
    throw new AthanorError(
      'INVALID_INPUT',
      'onnxruntime-node, by which a network is looked into, is not installed here',
    );
  const takesTokens = hints.hasTokenizerJson || hints.vocabulary !== null;
  const { inputs, outputs } = await networkPorts(session, takesTokens);
  await session.release();
  const [id, version] = nameOf(wanted, folder, told.name);
  const modality = wanted.or<Manifest['modality']>('--modality', {
    told: told.modality,
    found: takesTokens ? undefined : modalityOf(inputs),
    instead: takesTokens ? 'smiles' : 'vector',
    why: 'it does not say what the model takes (smiles, reaction-smiles, text, selfies, composition, structure-graph, vector)',
  });
  const licence = wanted.or('--licence', {
    ...{ told: told.licence, found: hints.licence, instead: 'unknown' },
    why: 'no licence stands beside the network',
  });
  if (takesTokens) wantRoles(wanted, inputs, told.inputRole);
  const tokenizer = tokenizerFor(wanted, hints, { ...told, modality });
  const { output, pooling } = outputFor(wanted, outputs, {
    output: told.output,
    pooling: told.pooling ?? hints.pooling,
  });
  wanted.settle(folder);
  const files = [model, ...('vocab' in tokenizer ? [tokenizer.vocab] : 'file' in tokenizer ? [tokenizer.file] : [])];
  const sha256 = Object.fromEntries(
    await Promise.all(files.map(async (file) => [file, await fileSha256(path.join(folder, file))] as const)),
  );
  const plain = {
    ...{ id, version, licence, modality, tokenizer, model, inputs, outputs, recommendedOutput: output, sha256 },
    ...(told.inputRole === undefined ? {} : { inputRoles: told.inputRole }),
    ...(told.title === undefined ? {} : { title: told.title }),
    ...(pooling === undefined ? {} : { pooling }),
  };
  const manifest = parseManifest(plain, path.join(folder, manifestFile));
  return withGolden(folder, manifest, told.example);
}

/** With golden values of the model as it is now; of the usual inputs only those that it takes. */
async function withGolden(folder: string, manifest: Manifest, told?: readonly string[]): Promise<Manifest> {
  if (manifest.tokenizer.kind === 'none') return manifest;
  const model = (await openTextModel(await readBundle(folder, manifest)))!;
  const texts = told ?? (examples[manifest.modality] ?? []).filter((text) => isTaken(model, text));
  const golden = texts.length === 0 ? undefined : await goldenOf(model, texts, [manifest.recommendedOutput]);
  await model.release();
  return golden === undefined ? manifest : { ...manifest, golden };
}

function isTaken(model: TextModel, text: string): boolean {
  try {
    return model.tokens(text).unknown.length === 0;
  } catch {
    return false;
  }
}

async function networkOf(folder: string, told: string | undefined): Promise<string> {
  const all = (await filesBelow(folder)).filter((name) => name.endsWith('.onnx'));
  const usual = ['model.onnx', 'onnx/model.onnx'].find((name) => all.includes(name));
  const found = told ?? usual ?? (all.length === 1 ? all[0] : undefined);
  if (found !== undefined && all.includes(found)) return found;
  const there = all.length === 0 ? 'there is no .onnx' : `there are ${all.join(', ')}: say which by --model`;
  throw new AthanorError(
    'INVALID_INPUT',
    `${folder} has no network${told === undefined ? '' : ` '${told}'`}; ${there}`,
  );
}

function nameOf(wanted: Wanted, folder: string, told: string | undefined): readonly [string, string] {
  const form = /^([^@]+)@([^@]+)$/;
  const found = path.basename(path.resolve(folder));
  const name = wanted.or('--name', {
    ...{ told, found: form.test(found) ? found : undefined, instead: 'unnamed@0' },
    why: 'it does not say what the model is called, and which version it is: ID@VERSION',
  });
  const [, id, version] = form.exec(name) ?? [];
  if (id !== undefined && version !== undefined) return [id, version];
  throw new AthanorError('INVALID_INPUT', `--name '${name}' is not ID@VERSION, such as chemberta@2`);
}

function wantRoles(
  wanted: Wanted,
  inputs: Readonly<Record<string, string>>,
  told: Readonly<Record<string, InputRole>> = {},
): void {
  for (const name of Object.keys(inputs))
    wanted.or('--input-role', {
      ...{ told: roleOf(name, told) ?? undefined, found: undefined, instead: 'ids' as const },
      why: `it does not say what the input '${name}' is for`,
    });
}

/** Numbers in, without tokens, are a vector; of other networks it is not known. */
function modalityOf(inputs: Readonly<Record<string, string>>): 'vector' | undefined {
  const ports = portsOf(inputs);
  return ports.length === 1 && ports[0]!.shape.length === 2 && ports[0]!.type.startsWith('float')
    ? 'vector'
    : undefined;
}

/** Which output is recommended: the hidden state, or the only one that gives rows. */
function outputFor(
  wanted: Wanted,
  outputs: Readonly<Record<string, string>>,
  told: { readonly output: string | undefined; readonly pooling: Pooling | undefined },
): { readonly output: string; readonly pooling: Pooling | undefined } {
  const ports = portsOf(outputs).filter(
    ({ type, shape }) =>
      /^float(32|64)$/.test(type) && [2, 3].includes(shape.length) && typeof shape.at(-1) === 'number',
  );
  const names = ports.map(({ name }) => name);
  const output = wanted.or('--output', {
    told: told.output,
    found: names.find((name) => name === 'last_hidden_state') ?? (names.length === 1 ? names[0] : undefined),
    instead: names[0] ?? '',
    why: `it does not say which output is meant (${names.join(', ') || 'none gives rows of numbers'})`,
  });
  const [, head = output, own] = /^(.*):(mean|cls)$/.exec(output) ?? [];
  const hasTokens = ports.find(({ name }) => name === head)?.shape.length === 3;
  if (!hasTokens || own !== undefined) return { output, pooling: told.pooling };
  const why = `it does not say how the tokens of '${output}' become one row: mean or cls`;
  const pooling = wanted.or<Pooling>('--pooling', { told: told.pooling, found: undefined, instead: 'mean', why });
  return { output, pooling };
}
