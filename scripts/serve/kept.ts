/** What was computed of campaigns, each for as long as nothing more is written of it. */
export class Kept<T> {
  private readonly values = new Map<string, { readonly newest: number; readonly value: Promise<T> }>();

  /** @param most - values that are kept; the one that was asked for longest ago goes first */
  constructor(private readonly most: number) {}

  /**
   * @param newest - number that grows with what is written: see `newestByCampaign`
   * @param make - computes it; what failed is not kept
   */
  async get(key: string, newest: number, make: () => Promise<T>): Promise<T> {
    const known = this.values.get(key);
    this.values.delete(key);
    const value = known?.newest === newest ? known.value : make();
    this.values.set(key, { newest, value });
    if (this.values.size > this.most) this.values.delete(this.values.keys().next().value!);
    try {
      return await value;
    } catch (error) {
      if (this.values.get(key)?.value === value) this.values.delete(key);
      throw error;
    }
  }
}
