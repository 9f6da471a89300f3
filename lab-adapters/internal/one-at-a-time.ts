/** The last act on each thing of an owner; gone with it. */
type Tails = Map<string, Promise<unknown>>;

const byFolder = new Map<string, Tails>();
const byOwner = new WeakMap<object, Tails>();

/**
 * Acts on one thing one after the other, by whichever objects of this process: those of one owner and name. Acts on different
 * things do not wait for each other.
 *
 * @param owner - a folder, or an object that the things belong to
 */
export async function exclusively<T>(owner: string | object, name: string, act: () => Promise<T>): Promise<T> {
  const tails = tailsOf(owner);
  const before = tails.get(name) ?? Promise.resolve();
  const mine = before.then(act, act);
  tails.set(name, mine);
  try {
    return await mine;
  } finally {
    if (tails.get(name) === mine) tails.delete(name);
    if (typeof owner === 'string' && tails.size === 0) byFolder.delete(owner);
  }
}

function tailsOf(owner: string | object): Tails {
  const known = typeof owner === 'string' ? byFolder.get(owner) : byOwner.get(owner);
  if (known !== undefined) return known;
  const tails: Tails = new Map();
  if (typeof owner === 'string') byFolder.set(owner, tails);
  else byOwner.set(owner, tails);
  return tails;
}
