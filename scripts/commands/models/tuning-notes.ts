import type { TuneChunk } from '../../../models/strategy/tuning/tune.js';

/** Milliseconds between two lines. */
const beat = 2_000;

/** Tells how far a fine-tuning is: after the first chunk of each training, then at most every two seconds. */
export function tuningNotes(note: (line: string) => void): (chunk: TuneChunk) => void {
  let [due, training] = [0, -1];
  return (chunk) => {
    const now = Date.now();
    if (now < due && chunk.training === training) return;
    [due, training] = [now + beat, chunk.training];
    const { step, steps, loss, best } = chunk.figures;
    const which = whichOf(chunk);
    const lost = loss === null ? '' : `, loss ${loss.toPrecision(3)}`;
    const held = best === null ? '' : `, held out at best ${best.error.toPrecision(3)} after step ${best.step}`;
    note(`athanor: fine-tuning, ${which}: step ${step} of at most ${steps}${lost}${held}`);
  };
}

function whichOf({ training, trainings }: TuneChunk): string {
  if (training === 0) return 'all values';
  const folds = trainings - 2;
  return training <= folds ? `without fold ${training} of ${folds}` : 'values before the last trials';
}
