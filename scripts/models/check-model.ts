import { openSession } from '../../models/onnx/runtime.js';
import { checkFiles, type ModelBundle } from '../../models/pretrained/bundle.js';
import { openTextModel } from '../../models/pretrained/embed.js';
import { encodedDifferences, goldenDifferences } from '../../models/pretrained/golden.js';
import { modelFile } from '../../models/pretrained/manifest.js';
import { portDifferences } from '../../models/pretrained/port-differences.js';

/** How far a model was looked at, and what is not as its manifest says. */
export interface ModelCheck {
  readonly differences: readonly string[];
  /** For people: what was compared, or why not. */
  readonly looked: string;
}

/** Compares a model with its manifest: hashes, inputs and outputs of the network, golden values. */
export async function checkModel(bundle: ModelBundle): Promise<ModelCheck> {
  const { manifest, files } = bundle;
  try {
    checkFiles(bundle);
  } catch (error) {
    return { differences: [(error as Error).message], looked: 'hashes' };
  }
  try {
    const session = await openSession(files.get(modelFile(manifest))!);
    if (session === null)
      return { differences: [], looked: 'hashes alone: onnxruntime-node, which runs it, is not installed here' };
    const ports = portDifferences(manifest, session);
    await session.release();
    if (ports.length > 0) return { differences: ports, looked: 'hashes, inputs and outputs' };
    const golden = manifest.golden?.vectors.length ?? 0;
    const looked = `hashes, inputs and outputs, ${golden} golden inputs`;
    if (manifest.encoder === 'minimol') {
      const { openMinimol } = await import('../../models/encode/graph/minimol.js');
      const encoder = (await openMinimol(files.get(modelFile(manifest))!))!;
      const differences = await encodedDifferences(manifest, encoder.encode);
      await encoder.release();
      return { differences, looked };
    }
    if (manifest.encoder !== undefined) {
      const { openNumberNetwork } = await import('../../models/encode/encoders/number-network.js');
      const encoder = (await openNumberNetwork(bundle, manifest.recommendedOutput))!;
      const differences = await encodedDifferences(manifest, encoder.encode);
      await encoder.release();
      return { differences, looked };
    }
    if (manifest.tokenizer.kind === 'none')
      return {
        differences: [],
        looked: `hashes, inputs and outputs; nothing here makes ${manifest.modality} of texts`,
      };
    const model = (await openTextModel(bundle))!;
    const differences = await goldenDifferences(model);
    await model.release();
    return { differences, looked };
  } catch (error) {
    return { differences: [`it cannot be run: ${(error as Error).message}`], looked: 'hashes' };
  }
}
