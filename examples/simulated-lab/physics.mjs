// What comes out of the simulated devices: smooth, with one best place, and the same each time for the same settings.

const bell = (x, best, width) => Math.exp(-(((x - best) / width) ** 2));

/** Yield of the synthesis, %. @param celsius - temperature of the reactor */
export const yieldAt = (celsius) => 20 + 75 * bell(celsius, 104, 40);

/** Shrinkage of the film in the furnace, %. */
export const shrinkageAt = (celsius, minutes) => (30 * celsius * (1 - Math.exp(-minutes / 20))) / (celsius + 300);

/**
 * Brightness of the annealed film, in counts. A film of little yield is thin; one that was annealed too long is rough.
 * @param celsius - temperature of the synthesis
 * @param annealed - of the furnace, °C
 * @param minutes - in the furnace
 */
export const brightnessOf = (celsius, annealed, minutes) =>
  10 * yieldAt(celsius) * bell(annealed, 480, 120) * bell(minutes, 20, 25);
