/** What a decision is doing; told before each stage, as a stage may take minutes. */
export interface Progress {
  /** `prepare`: space and trials are read. `fit`: the surrogate learns. `acquire`: the next proposal is looked for. */
  readonly stage: 'prepare' | 'fit' | 'acquire';
  /** Trials with a value, at any fidelity. */
  readonly observations: number;
  /** Proposals of the round made so far, of `count` wanted. */
  readonly made: number;
  readonly count: number;
}

/** Is told what a decision is doing, between its stages; what it throws ends the decision. */
export type OnProgress = (progress: Progress) => void;
