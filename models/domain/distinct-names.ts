/**
 * Gives each of several names back as it is, or with a count where it was given out before: names that were cut or cleaned
 * may fall together, and what stands under them must not. `__proto__`, which is a key in no record, is put in brackets.
 */
export function distinctNames(): (name: string) => string {
  const taken = new Map<string, number>();
  return (name) => {
    let given = name === '__proto__' ? '(__proto__)' : name;
    const base = given;
    for (let count = taken.get(base) ?? 1; taken.has(given); given = `${base} (${count})`) count += 1;
    taken.set(base, (taken.get(base) ?? 0) + 1);
    taken.set(given, taken.get(given) ?? 1);
    return given;
  };
}
