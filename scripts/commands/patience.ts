/** Silence after which is said what is waited for, and how often again, milliseconds. */
const patienceMs = 2_000;
const againMs = 10_000;

/**
 * Does something that is over in a moment as a rule; where it is not, says what is waited for.
 *
 * @param note - told a line
 * @param what - what is waited for when it is asked
 */
export async function sayingWhat<T>(
  note: (line: string) => void,
  what: () => string,
  work: () => Promise<T>,
): Promise<T> {
  let timer: NodeJS.Timeout;
  const say = () => {
    note(what());
    timer = setTimeout(say, againMs);
  };
  timer = setTimeout(say, patienceMs);
  try {
    return await work();
  } finally {
    clearTimeout(timer);
  }
}
