import type { Fault } from '../domain/fault.js';
import { among } from '../domain/nearest.js';
import { goldenVectors } from './golden-schema.js';
import { inputEncoders, type Manifest } from './manifest.js';
import { numberInput } from './number-input.js';
import { findOutput } from './outputs.js';
import { portsOf, roleOf } from './ports.js';

/** What of a manifest does not fit together, although each entry is allowed by itself. */
export function manifestFaults(manifest: Manifest, modelFile: string): readonly Fault[] {
  const { tokenizer, golden, recommendedOutput, outputs } = manifest;
  const faults: Fault[] = [];
  const files = Object.keys(manifest.sha256);
  const wantsFile = (path: string, file: string) => {
    if (!files.includes(file))
      faults.push({ path, message: `'${file}' has no hash`, remedy: `sha256 of every file; has ${files.join(', ')}` });
  };
  wantsFile('model', modelFile);
  if (tokenizer.kind === 'smiles-regex+vocab') wantsFile('tokenizer.vocab', tokenizer.vocab);
  if (tokenizer.kind === 'hf-json') wantsFile('tokenizer.file', tokenizer.file);
  if (files.includes('manifest.json'))
    faults.push({ path: 'sha256', message: "'manifest.json' has a hash", remedy: 'it holds the hashes of the others' });
  const takesTokens = tokenizer.kind !== 'none';
  const wanted = ['smiles', 'reaction-smiles', 'text', 'selfies'].includes(manifest.modality);
  if (takesTokens !== wanted)
    faults.push({
      path: 'tokenizer.kind',
      message: `'${tokenizer.kind}' of a model that takes ${manifest.modality}`,
      remedy: wanted ? 'smiles-regex+vocab or hf-json' : 'none',
    });
  const { encoder, modality } = manifest;
  if (encoder !== undefined && modality !== inputEncoders[encoder])
    faults.push({
      path: 'encoder',
      message: `'${encoder}' of a model that takes ${modality}`,
      remedy: `that of ${inputEncoders[encoder]}`,
    });
  if (encoder !== undefined && encoder !== 'minimol' && numberInput(manifest) === null)
    faults.push({
      path: 'inputs',
      message: `no row of numbers, which '${encoder}' makes`,
      remedy: 'one input, float32 [batch, WIDTH]',
    });
  if (takesTokens) faults.push(...inputFaults(manifest));
  const checkOutput = (path: string, asked: string) => {
    const found = findOutput(manifest, asked);
    const names = portsOf(outputs).map(({ name }) => name);
    if (typeof found === 'string') faults.push({ path, message: found, remedy: among(asked.split(':')[0], names) });
  };
  checkOutput('recommendedOutput', recommendedOutput);
  for (const [i, vector] of (golden === undefined ? [] : goldenVectors(golden)).entries())
    for (const asked of Object.keys(vector.outputs)) checkOutput(`golden.vectors[${i}].${asked}First8`, asked);
  return faults;
}

/** Which inputs a model of tokens may have. */
function inputFaults({ inputs, inputRoles }: Manifest): readonly Fault[] {
  const faults: Fault[] = [];
  const ports = portsOf(inputs);
  for (const { name, type, shape } of ports) {
    const path = `inputs.${name}`;
    if (roleOf(name, inputRoles) === null)
      faults.push({
        path,
        message: 'it is not known what it is for',
        remedy: 'inputRoles: ids, mask, types, positions',
      });
    if (!['int64', 'float32'].includes(type))
      faults.push({ path, message: `is ${type}`, remedy: 'int64, or float32 of a mask' });
    if (shape.length !== 2) faults.push({ path, message: `has ${shape.length} axes`, remedy: '[batch, tokens]' });
  }
  const ids = ports.filter(({ name }) => roleOf(name, inputRoles) === 'ids');
  if (ids.length !== 1)
    faults.push({
      path: 'inputs',
      message: `${ids.length} of them take token numbers`,
      remedy: 'one must, see inputRoles',
    });
  for (const name of Object.keys(inputRoles ?? {}))
    if (!Object.hasOwn(inputs, name))
      faults.push({
        path: `inputRoles.${name}`,
        message: 'there is no such input',
        remedy: Object.keys(inputs).join(', '),
      });
  return faults;
}
