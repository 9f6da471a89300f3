/** What some work gave, and the CPU seconds of the whole process while it ran. */
export interface Timed<Result> {
  readonly result: Result;
  readonly seconds: number;
}

/** Runs the work and says what CPU time it took: user and system, all threads of the process. */
export async function cpuSeconds<Result>(work: () => Result | Promise<Result>): Promise<Timed<Result>> {
  const before = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(before);
  return { result, seconds: (user + system) / 1e6 };
}
