import { html, type Markup } from './html.js';

/** Words of models that a page may use, with what they mean to who has never met them. */
const words: readonly (readonly [word: string, used: RegExp, meaning: string])[] = [
  ['fidelity', /fidelit/i, 'one way of measuring, with its own accuracy and cost; the target is the one that counts.'],
  [
    'surrogate',
    /surrogate/i,
    'a model fitted to what was measured so far; of any design it says which value is expected, and how sure that is.',
  ],
  [
    'posterior',
    /posterior/i,
    'what a model says of a design after it has seen the measurements: an expected value and how far off it may be.',
  ],
  [
    'acquisition',
    /acquisition/i,
    'the rule that chose the next trial: it weighs how good a design is expected to be, how little is known of it, and its cost.',
  ],
  [
    'exploit, explore',
    /exploit|explore/i,
    'a trial exploits where the model expects it to be better than the best so far; it explores where its promise lies in what is not known.',
  ],
  [
    'calibration',
    /calibrat/i,
    'making stated uncertainties true: of intervals said to hold nine times in ten, nine in ten hold the value measured later.',
  ],
  [
    'sd, standard deviation',
    /\bsd\b|standard deviation/i,
    'how far off an expected value may well be: about two times in three the truth lies within one sd, nineteen times in twenty within two.',
  ],
  [
    'log score',
    /log score/i,
    'how well values were predicted: higher is better, and both a wrong guess and a needlessly wide one lower it.',
  ],
  [
    'correlation',
    /correlat/i,
    'how far two measurements go up and down together: 1 in step, 0 not at all, -1 one up where the other goes down.',
  ],
];

/** The words of models that a page uses, explained; null where it uses none. */
export function glossary(page: string): Markup | null {
  const used = words.filter(([, pattern]) => pattern.test(page));
  if (used.length === 0) return null;
  return html`<h2>Words on this page</h2>
<dl id="words">${used.map(([word, , meaning]) => html`<dt>${word}</dt><dd>${meaning}</dd>`)}</dl>`;
}
