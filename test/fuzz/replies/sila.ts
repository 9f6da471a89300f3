import { join } from 'node:path';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { Find } from '../find.js';
import { root } from '../root.js';
import { adapterOf, amongOrFind, followed } from './judged.js';

const own = (text: string) => [text.length, ...Buffer.from(text)];
const wrapped = (field: number, bytes: readonly number[]) => [8 * field + 2, bytes.length, ...bytes];
const real = (value: number) => {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return [9, ...bytes];
};

/** What the server says where it says what it should: the confirmation, how the execution stands, and what it gave. */
export const replies: Readonly<Record<'confirmation' | 'info' | 'responses', Uint8Array>> = {
  confirmation: Uint8Array.from(wrapped(1, [10, ...own('uuid-1')])),
  info: Uint8Array.from([8, 2, ...wrapped(2, real(1))]),
  responses: Uint8Array.from([
    ...wrapped(1, real(71.25)),
    ...wrapped(2, [8, 7]),
    ...wrapped(
      3,
      wrapped(1, [...wrapped(1, [10, ...own('batch')]), ...wrapped(2, real(1.5)), ...wrapped(2, real(2.5))]),
    ),
  ]),
};

/** What it gave, with the first number as a text, a whole number, and one of half the length: protobuf reads each as 0. */
export const mistyped: readonly Uint8Array[] = [
  [10, ...own('75.')],
  [8, 75],
  [13, 0, 0, 150, 66],
].map((yields) => Uint8Array.from([...wrapped(1, yields), ...replies.responses.subarray(11)]));

type Field = readonly [number: number, form: number, value: Uint8Array];

/** Fields of a message, read without anything of the product; null where the bytes are none. */
function fieldsOf(bytes: Uint8Array): readonly Field[] | null {
  const fields: Field[] = [];
  let at = 0;
  const whole = () => {
    for (let [value, power] = [0, 1]; at < bytes.length; power *= 128) {
      const byte = bytes[at++]!;
      value += (byte & 127) * power;
      if (byte < 128) return value;
    }
    return Number.NaN;
  };
  while (at < bytes.length) {
    const tag = whole();
    const from = at;
    const form = tag % 8;
    // A whole number is as long as it is; a form that is none has no length.
    const length = form === 2 ? whole() : ({ 1: 8, 5: 4 }[form] ?? (form === 0 ? whole() * 0 : Number.NaN));
    const start = form === 0 ? from : at;
    if (!(start + length <= bytes.length)) return null;
    if (form !== 0) at = start + length;
    fields.push([Math.floor(tag / 8), form, bytes.subarray(start, at)]);
  }
  return fields;
}

/** Numbers that stand where fields lead, the last of which has a form; 0 where a message lacks it, none where it has another form. */
function numbersAt(bytes: Uint8Array, [field, ...inner]: readonly number[], form: 0 | 1): number[] {
  const here = fieldsOf(bytes)?.filter(([number]) => number === field) ?? [];
  if (inner.length > 0) return here.flatMap(([, of, value]) => (of === 2 ? numbersAt(value, inner, form) : []));
  if (fieldsOf(bytes) !== null && here.length === 0) return [0];
  return here.flatMap(([, of, value]) =>
    of !== form ? [] : [form === 1 ? Buffer.from(value).readDoubleLE() : wholeIn(value)],
  );
}

function wholeIn(bytes: Uint8Array): number {
  const value = bytes.reduce((sum, byte, i) => sum + (BigInt(byte & 127) << BigInt(7 * i)), 0n);
  return Number(BigInt.asIntN(64, value));
}

/** A SiLA 2 server. Each of its replies may be another one. */
export async function silaReplies(folder: () => Promise<string>) {
  let of = '';
  let given: Uint8Array = new Uint8Array();
  const reply = (name: keyof typeof replies) => Buffer.from(of === name ? given : replies[name]);
  const same = (bytes: Buffer) => bytes;
  const rpc = (name: string, responseStream: boolean) => ({
    path: `/sila2.org.athanor.test.reactorcontroller.v1.ReactorController/${name}`,
    requestStream: false as const,
    responseStream,
    requestSerialize: same,
    requestDeserialize: same,
    responseSerialize: same,
    responseDeserialize: same,
  });
  const server = new Server();
  server.addService(
    { React: rpc('React', false), React_Info: rpc('React_Info', true), React_Result: rpc('React_Result', false) },
    {
      React: (_: unknown, answer: (error: null, bytes: Buffer) => void) => answer(null, reply('confirmation')),
      React_Info: (call: { write: (bytes: Buffer) => void; end: () => void }) => {
        call.write(reply('info'));
        call.end();
      },
      React_Result: (_: unknown, answer: (error: null, bytes: Buffer) => void) => answer(null, reply('responses')),
    } as never,
  );
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, at) =>
      error ? reject(error) : resolve(at),
    ),
  );
  const settings = {
    server: `127.0.0.1:${port}`,
    insecure: true,
    feature: 'org.athanor/test/ReactorController/v1',
    definition: join(root, 'test/counterparts/ReactorController.sila.xml'),
    timeout: '5s',
    poll: '1ms',
    replyLimit: 100_000,
    run: { command: 'React', with: { Temperature: '{temperature as °C}', Seconds: 1, Key: '{key}' } },
    values: {
      yield: { path: 'Yield', unit: { path: 'units.Yield' }, as: '%' },
      mass: 'Sample.Masses[-1]',
      maybe: { path: 'Steps', optional: true },
    },
  };
  return async (name: string, bytes: Uint8Array) => {
    of = name;
    given = bytes;
    const observation = await followed(adapterOf('sila', settings, await folder()));
    if (observation === null || observation.outcome !== 'measured') return 'refused' as const;
    if (name === 'responses') {
      amongOrFind('yield', observation.values.yield, numbersAt(bytes, [1, 1], 1));
      amongOrFind('maybe', observation.values.maybe, numbersAt(bytes, [2, 1], 0));
      amongOrFind('mass', observation.values.mass, numbersAt(bytes, [3, 1, 2, 1], 1));
      for (const wanted of ['yield', 'mass'])
        if (observation.values[wanted] === undefined)
          throw new Find('measured without a value that was wanted', wanted);
    }
    if (
      name === 'info' &&
      !(fieldsOf(bytes) ?? []).some(([number, form, value]) => number === 1 && form === 0 && value[0] === 2)
    )
      throw new Find('an end that was not said', Buffer.from(bytes).toString('hex').slice(0, 200));
    return 'taken' as const;
  };
}
