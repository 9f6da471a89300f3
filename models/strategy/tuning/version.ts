import { sha256Of } from '../../domain/sha256.js';
import { type ModelBundle, modelIdentity } from '../../pretrained/bundle.js';
import { learnedFile, learnedText } from '../../pretrained/learned.js';
import type { Lineage } from '../../pretrained/lineage.js';
import { modelName } from '../../pretrained/manifest.js';
import { labelsHash } from './labels.js';
import { withNetwork } from './model-molecules.js';
import { type Tuned, type TuneJob, verdictOf } from './tune.js';

/** By what the work is known: all that decides what is learned, and how it is judged but for the version in use. @param program - its version */
export function jobKey({ parent, output, labelled, settings, folds }: TuneJob, program: string): string {
  return sha256Of(
    JSON.stringify([modelIdentity(parent.manifest), output, labelsHash(labelled), settings, folds, program]),
  );
}

/** What a version is told to be made for, and by whom. */
export interface Told {
  /** As `jobKey` has it. */
  readonly key: string;
  readonly campaign: string;
  readonly trigger: string;
  readonly who: string;
  /** ISO 8601. */
  readonly at: string;
  /** Version that came into use meanwhile; null where none did. */
  readonly meanwhile: string | null;
}

/** How many values of each level are learned from. */
export function labelCounts({ labelled: { levels, labels } }: TuneJob): Readonly<Record<string, number>> {
  return Object.fromEntries(levels.map((name, level) => [name, labels.filter((one) => one.level === level).length]));
}

/** How a version came to be and what became of it, as its manifest tells. */
export function lineageOf(job: TuneJob, tuned: Tuned, told: Told): Lineage {
  const { key, campaign, trigger, who, at, meanwhile } = told;
  const { parent, labelled, output } = job;
  const { seed, ...settings } = job.settings;
  const { figures, judged } = tuned;
  const found = verdictOf(tuned);
  const isBetter = found.isBetter && meanwhile === null;
  const reason =
    meanwhile === null
      ? found.reason
      : `${found.reason}; but ${meanwhile} came into use meanwhile, with which it was not compared`;
  return {
    job: key,
    parent: modelName(parent.manifest),
    parentIdentity: modelIdentity(parent.manifest),
    campaign,
    dataHash: labelsHash(labelled),
    on: labelled.on,
    labels: labelCounts(job),
    molecules: labelled.smiles.length - tuned.refused.count,
    refused: tuned.refused.count,
    output,
    seed,
    settings: { ...settings, method: { ...settings.method }, loss: { ...settings.loss } },
    steps: figures.step,
    best: figures.best,
    difference: tuned.difference,
    trigger,
    who,
    at,
    judged: typeof judged === 'string' ? null : { against: modelName(job[tuned.against].manifest), ...judged },
    verdict: isBetter ? 'promoted' : 'rejected',
    reason,
  };
}

/** The model that was made, whole but for its version, which is the parent's. */
export function versionBundle({ parent, seen }: TuneJob, tuned: Tuned, lineage: Lineage): ModelBundle {
  const molecules = [...new Set([...seen.parent, ...tuned.learned])].sort();
  const learned = learnedText(molecules);
  const { manifest, files } = withNetwork(parent, tuned.network);
  const { golden: _, ...rest } = manifest;
  const { golden } = tuned;
  return {
    manifest: {
      ...rest,
      recommendedOutput: lineage.output,
      sha256: { ...manifest.sha256, [learnedFile]: sha256Of(learned) },
      ...(golden === undefined ? {} : { golden }),
      lineage,
    },
    files: new Map([...files, [learnedFile, learned]]),
  };
}
