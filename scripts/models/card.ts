import type { Lineage } from '../../models/pretrained/lineage.js';
import type { Manifest } from '../../models/pretrained/manifest.js';

/** File of a model's folder that tells people of it. */
export const cardFile = 'card.md';

/** A model card: what a model is, where it is from, and how it came about, in Markdown. */
export function cardText(manifest: Manifest): string {
  const { id, version, title, licence, modality, source, citation, parameters, notes, lineage } = manifest;
  const told = Object.entries({ licence, takes: modality, source, citation, parameters, notes }).flatMap(
    ([key, value]) => (value === undefined ? [] : [`| ${key} | ${cell(value)} |`]),
  );
  const files = Object.entries(manifest.sha256).map(([name, hash]) => `| ${name} | \`${hash}\` |`);
  return [
    `# ${id}@${version}`,
    ...(title === undefined ? [] : [title]),
    ['| | |', '| --- | --- |', ...told, `| output | ${manifest.recommendedOutput} |`].join('\n'),
    ...(lineage === undefined ? [] : tunedText(lineage)),
    '## Files',
    ['| file | sha256 |', '| --- | --- |', ...files].join('\n'),
  ]
    .join('\n\n')
    .concat('\n');
}

function tunedText(lineage: Lineage): readonly string[] {
  const { parent, parentIdentity, campaign, dataHash, on, labels, molecules, refused, judged, best } = lineage;
  const levels = Object.entries(labels).map(([name, count]) => `${count} of ${name}`);
  const rows = [
    ['from', `${parent} (identity \`${parentIdentity}\`)`],
    ['campaign', `${campaign}, substance ${on}`],
    ['values', levels.join(', ')],
    ['molecules', `${molecules}${refused === 0 ? '' : `; ${refused} that the model does not take were left out`}`],
    ['sha256 of the values', `\`${dataHash}\``],
    ['output that learned', lineage.output],
    ['seed', String(lineage.seed)],
    ['settings', `\`${JSON.stringify(lineage.settings)}\``],
    [
      'steps',
      `${lineage.steps}${best === null ? '' : `; kept: after ${best.step}, error ${best.error.toPrecision(3)} of standardised values held out`}`,
    ],
    ['difference of the file from what was learned', String(Number(lineage.difference.toPrecision(2)))],
    ['begun', `${lineage.trigger}, by ${lineage.who}`],
    ['judged', lineage.at],
  ].map(([key, value]) => `| ${key} | ${cell(value!)} |`);
  return [
    '## Fine-tuning',
    ['| | |', '| --- | --- |', ...rows].join('\n'),
    '## Verdict',
    `${lineage.verdict}: ${lineage.reason}.`,
    ...(judged === null
      ? []
      : [
          `Each fold's molecules were foretold by a Gaussian process on fingerprints, descriptors and codes from all others; of the new version, by one that was trained without any value of them. Log scores are in units of the standard deviation of the target values.`,
          [
            '| version | mean log score |',
            '| --- | --- |',
            `| ${judged.against} | ${judged.inUse.toFixed(3)} |`,
            `| this one | ${judged.tuned.toFixed(3)} |`,
            ...controlRows(judged),
            `| gain | ${judged.gain.toFixed(3)} ± ${judged.error.toFixed(3)} (${judged.molecules} molecules, ${judged.values} values, ${judged.folds} folds) |`,
          ].join('\n'),
          ...inOrderText(judged),
        ]),
  ];
}

type Judged = NonNullable<Lineage['judged']>;

function controlRows({ random, classical, absent = {} }: Judged): readonly string[] {
  const row = (title: string, score: number | undefined, why: string | undefined) => {
    if (score !== undefined) return [`| ${title} | ${score.toFixed(3)} |`];
    return why === undefined ? [] : [`| ${title} | absent: ${cell(why)} |`];
  };
  return [...row('with random weights', random, absent.random), ...row('without codes', classical, absent.classical)];
}

function inOrderText({ against, prequential }: Judged): readonly string[] {
  if (prequential === undefined) return [];
  const { inUse, tuned, gain, error, molecules, values } = prequential;
  return [
    `The values of the last ${molecules} molecules were foretold in the order of the trials, each stretch of trials from those before it; of the new version, by one that was trained on what was known before the first of them.`,
    [
      '| version | mean log score in order |',
      '| --- | --- |',
      `| ${against} | ${inUse.toFixed(3)} |`,
      `| this one | ${tuned.toFixed(3)} |`,
      `| gain | ${gain.toFixed(3)} ± ${error.toFixed(3)} (${molecules} molecules, ${values} values) |`,
    ].join('\n'),
  ];
}

/** A text in a cell of a table. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll(/\s*\n\s*/g, ' ');
}
