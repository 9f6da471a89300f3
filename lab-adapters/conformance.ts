export {
  adapterLaws,
  type Conformance,
  type ConformOptions,
  conform,
  type LawOutcome,
  type LevelOutcome,
  tryLaw,
} from './conformance/conform.js';
export type { ConformanceFixture, Law, Scenario } from './conformance/fixture.js';
export { type Level, levels } from './conformance/levels.js';
export type { Call } from './conformance/watched.js';
