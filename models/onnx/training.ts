import { ContractError } from '../domain/errors.js';
import { type Expression, Tape } from './expression.js';
import { GraphBuilder, type Value } from './graph-builder.js';
import { add, div, mul, sub } from './operators.js';
import { type OnnxSession, openSession } from './runtime.js';
import { bool, float32, float64, int64, type TensorData } from './tensor.js';

/** Tensors of numbers by name, row-major. */
export type Tensors = Readonly<Record<string, Float32Array | Float64Array>>;

/** What is to be trained. */
export interface TrainingPlan {
  readonly type: 'float32' | 'float64';
  /** What is trained, by name, with the shape. */
  readonly parameters: Readonly<Record<string, readonly number[]>>;
  /** What it is trained on, by name, with the shape of all of it. */
  readonly data: Readonly<Record<string, readonly number[]>>;
  /** Of the data: those of which a step sees some rows only; how many these are. */
  readonly batch?: { readonly of: readonly string[]; readonly rows: number };
  /** The number that is made small, and what is told of each step beside it. */
  readonly loss: (
    parameters: Readonly<Record<string, Expression>>,
    data: Readonly<Record<string, Expression>>,
  ) => { readonly objective: Expression; readonly told: Expression };
}

/** What training goes on from: the parameters, and the running moments of their gradients. */
export interface TrainingState {
  readonly step: number;
  readonly parameters: Tensors;
  readonly first: Tensors;
  readonly second: Tensors;
}

/** Step length and decoupled weight decay of each step; and the rows that it sees, where it sees some only. */
export interface Schedule {
  readonly rates: readonly number[];
  readonly decay: number;
  readonly batches?: readonly (readonly number[])[];
}

/** Of Adam. @see Kingma and Ba 2015, arXiv:1412.6980; Loshchilov and Hutter 2019, arXiv:1711.05101 */
const adam = { first: 0.9, second: 0.999, epsilon: 1e-8 } as const;

/**
 * Trains by Adam inside ONNX Runtime: forward, backward and update are one graph, and a chunk of steps is one run of a `Loop`
 * over it, equal bit for bit to as many runs of one step. A run blocks the thread that it is made on.
 */
export class Training {
  private constructor(
    private readonly session: OnnxSession,
    private readonly plan: TrainingPlan,
  ) {}

  /** @returns null where ONNX Runtime is not installed */
  static async open(plan: TrainingPlan): Promise<Training | null> {
    const session = await openSession(trainingModel(plan));
    return session === null ? null : new Training(session, plan);
  }

  /** State before the first step. */
  begin(parameters: Tensors): TrainingState {
    const zeros = Object.fromEntries(
      Object.entries(parameters).map(([name, { length }]) => [name, this.blank(length)]),
    );
    return { step: 0, parameters, first: zeros, second: zeros };
  }

  /**
   * Goes on by as many steps as the schedule has.
   *
   * @returns the state after them, and what was told of each step, row-major
   */
  async run(
    { step, ...state }: TrainingState,
    data: Tensors,
    schedule: Schedule,
  ): Promise<{ readonly state: TrainingState; readonly told: Float64Array }> {
    const { parameters, batch } = this.plan;
    const count = schedule.rates.length;
    const feeds: Record<string, TensorData> = { ...this.stateFeeds(state) };
    for (const [name, shape] of Object.entries(this.plan.data)) feeds[name] = this.tensor(data[name]!, shape);
    feeds.steps = int64([count], []);
    feeds.rates = this.tensor(
      schedule.rates.map((rate, i) => rate * correction(step + i + 1)),
      [count],
    );
    feeds.kept = this.tensor(
      schedule.rates.map((rate) => 1 - rate * schedule.decay),
      [count],
    );
    if (batch !== undefined) {
      const rows = schedule.batches ?? [];
      if (rows.length !== count || rows.some(({ length }) => length !== batch.rows))
        throw new ContractError(`each of ${count} steps takes ${batch.rows} rows`);
      feeds.batches = int64(rows.flat(), [count, batch.rows]);
    }
    const found = await this.session.run(feeds);
    const named = (of: string) =>
      Object.fromEntries(Object.keys(parameters).map((name) => [name, found[`${of}.${name}`]!.data as Float32Array]));
    return {
      state: { step: step + count, parameters: named('next'), first: named('nextFirst'), second: named('nextSecond') },
      told: Float64Array.from(found.told!.data as Float32Array),
    };
  }

  /** Gives its memory back. */
  async close(): Promise<void> {
    await this.session.release();
  }

  private stateFeeds({ parameters, first, second }: Omit<TrainingState, 'step'>): Record<string, TensorData> {
    const feeds: Record<string, TensorData> = {};
    for (const [name, shape] of Object.entries(this.plan.parameters)) {
      feeds[`at.${name}`] = this.tensor(parameters[name]!, shape);
      feeds[`first.${name}`] = this.tensor(first[name]!, shape);
      feeds[`second.${name}`] = this.tensor(second[name]!, shape);
    }
    return feeds;
  }

  private blank(length: number): Float32Array | Float64Array {
    return this.plan.type === 'float32' ? new Float32Array(length) : new Float64Array(length);
  }

  private tensor(values: ArrayLike<number>, shape: readonly number[]): TensorData {
    return this.plan.type === 'float32' ? float32(values, shape) : float64(values, shape);
  }
}

/** By which Adam's moments of step t, counted from 1, are biased towards 0. */
function correction(t: number): number {
  return Math.sqrt(1 - adam.second ** t) / (1 - adam.first ** t);
}

/** The graph: state, data and schedule in; state after the steps, and what is told of each, out. */
function trainingModel({ type, parameters, data, batch, loss }: TrainingPlan): Uint8Array {
  const graph = new GraphBuilder('training');
  const names = Object.keys(parameters);
  const kinds = ['at', 'first', 'second'] as const;
  const state = kinds.flatMap((kind) => names.map((name) => graph.input(`${kind}.${name}`, type, parameters[name]!)));
  const all = Object.entries(data).map(([name, shape]) => [name, graph.input(name, type, shape)] as const);
  const rates = graph.input('rates', type, ['steps']);
  const kept = graph.input('kept', type, ['steps']);
  const batches = batch === undefined ? null : graph.input('batches', 'int64', ['steps', batch.rows]);
  const body = graph.inner('step');
  const tape = new Tape(body, type);
  const i = body.input('i', 'int64', []);
  const go = body.input('go', 'bool', []);
  const own = kinds.map((kind) =>
    Object.fromEntries(
      names.map((name) => [
        name,
        tape.given(body.input(`own.${kind}.${name}`, type, parameters[name]!), parameters[name]!),
      ]),
    ),
  ) as [Named, Named, Named];
  const at = (values: Value) => body.node('Gather', [values, i]);
  const rows = batches === null ? null : at(batches);
  const seen = Object.fromEntries(
    all.map(([name, value]) => {
      const shape = data[name]!;
      if (rows === null || !batch!.of.includes(name)) return [name, tape.given(value, shape)];
      return [name, tape.given(body.node('Gather', [value, rows]), [batch!.rows, ...shape.slice(1)])];
    }),
  );
  const { objective, told } = loss(own[0], seen);
  const gradients = tape.gradients(objective, Object.values(own[0]));
  const [rate, keep] = [tape.given(at(rates), []), tape.given(at(kept), [])];
  const after = names.map((name, p) =>
    updated({ now: own[0][name]!, first: own[1][name]!, second: own[2][name]!, gradient: gradients[p]!, rate, keep }),
  );
  body.output('goOn', go, 'bool', []);
  kinds.forEach((kind, k) => {
    names.forEach((name, p) => {
      body.output(`after.${kind}.${name}`, after[p]![k]!.value, type, parameters[name]!);
    });
  });
  body.output('each', told.value, type, told.shape);
  const start = [graph.input('steps', 'int64', []), graph.constant(bool(true)), ...state];
  const ends = graph.nodes('Loop', start, state.length + 1, { body: body.attribute() });
  const outputs = ['next', 'nextFirst', 'nextSecond'];
  outputs.forEach((kind, k) => {
    names.forEach((name, p) => {
      graph.output(`${kind}.${name}`, ends[k * names.length + p]!, type, parameters[name]!);
    });
  });
  graph.output('told', ends[state.length]!, type, ['steps', ...told.shape]);
  return graph.model();
}

type Named = Readonly<Record<string, Expression>>;

/** A parameter and its moments after one step of Adam. */
function updated({ now, first, second, gradient, rate, keep }: Named): [Expression, Expression, Expression] {
  const { tape } = now!;
  const blend = (old: Expression, fresh: Expression, share: number) =>
    add(mul(old, tape.scalar(share)), mul(fresh, tape.scalar(1 - share)));
  const m = blend(first!, gradient!, adam.first);
  const v = blend(second!, mul(gradient!, gradient!), adam.second);
  const root = tape.given(tape.graph.node('Sqrt', [v.value]), v.shape);
  const move = mul(rate!, div(m, add(root, tape.scalar(adam.epsilon))));
  return [sub(mul(now!, keep!), move), m, v];
}
