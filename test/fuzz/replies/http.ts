import { Find } from '../find.js';
import { ownNumber } from '../own-reader.js';
import { adapterOf, amongOrFind, followed, request } from './judged.js';
import { rawServer } from './raw-server.js';

/** What the device says where it says what it should, by call; `wire` is a whole answer of HTTP. */
export const said: Readonly<Record<'submit' | 'status' | 'result', unknown>> = {
  submit: { job: { id: 'j-1' }, accepted: true },
  status: { job: { status: 'done', progress: 0.5, note: 'fine' } },
  result: {
    data: {
      results: [{ yield: 1 }, { yield: 71.25, sd: 0.5 }],
      unit: '%',
      'wet mass': '1.5e3',
      maybe: null,
      cost: 2,
      reached: 26.85,
      scale: '°C',
      air: { humidity: 45 },
    },
  },
};

/** What `%` and its kin amount to. */
const shares: Readonly<Record<string, number>> = { '%': 1, '1': 100, ppm: 1e-4, ppb: 1e-7, '‰': 0.1 };

/** The bytes as a document, read without anything of the product; undefined where they are none. */
function ownDocument(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}

/** What stands at a place, by own members alone; -1 is the last of a list. */
function at(value: unknown, ...steps: readonly (string | -1)[]): unknown {
  return steps.reduce<unknown>((here, step) => {
    if (typeof here !== 'object' || here === null) return undefined;
    if (step === -1) return Array.isArray(here) ? here[here.length - 1] : undefined;
    return Object.getOwnPropertyDescriptor(here, step)?.value as unknown;
  }, value);
}

const numeric = (value: unknown) => (typeof value === 'number' && Number.isFinite(value) ? value : undefined);

/** A device behind HTTP. Each of its replies may be another one, or the whole answer, from its first byte on. */
export async function httpReplies(folder: () => Promise<string>) {
  let of = '';
  let given: Uint8Array = new Uint8Array();
  let asked = '';
  const replyTo = (call: keyof typeof said): Uint8Array =>
    of === call ? given : new TextEncoder().encode(JSON.stringify(said[call]));
  const port = await rawServer((text) => {
    const [head, body = ''] = text.split('\r\n\r\n');
    const length = Number(/content-length: (\d+)/i.exec(head!)?.[1] ?? 0);
    if (!text.includes('\r\n\r\n') || body.length < length) return null;
    const call = text.startsWith('POST') ? 'submit' : text.includes('/result ') ? 'result' : 'status';
    if (call === 'status') asked = /^GET (\S+)/.exec(text)![1]!;
    if (call === 'result' && of === 'wire') return { to: text.length, bytes: given, ends: true };
    const bytes = replyTo(call);
    return {
      to: text.length,
      bytes: Buffer.concat([
        Buffer.from(`HTTP/1.1 200 OK\r\ncontent-length: ${bytes.length}\r\nconnection: close\r\n\r\n`),
        bytes,
      ]),
      ends: true,
    };
  });
  const settings = {
    url: `http://127.0.0.1:${port}`,
    timeout: '5s',
    poll: '1ms',
    submit: { path: '/jobs', body: { key: '{key}' }, where: { accepted: [true] }, refused: [400], job: 'job.id' },
    status: {
      path: '/jobs/{job}',
      state: 'job.status',
      states: { running: ['busy'], succeeded: ['done'], failed: ['broken'] },
      progress: 'job.progress',
      message: 'job.note',
    },
    result: { path: '/jobs/1/result' },
    values: {
      yield: { path: 'data.results[-1].yield', sd: 'data.results[-1].sd', unit: { path: 'data.unit' }, as: '%' },
      mass: { path: 'data["wet mass"]', text: true, unit: 'mg', as: 'g' },
      maybe: { path: 'data.maybe', optional: true },
    },
    achieved: { temperature: { path: 'data.reached', unit: { path: 'data.scale' }, as: 'K' } },
    contexts: { humidity: { path: 'data.air.humidity', unit: '%' } },
    cost: 'data.cost',
  };
  return async (call: string, bytes: Uint8Array) => {
    of = call;
    given = bytes;
    asked = '';
    const observation = await followed(adapterOf('http', settings, await folder()));
    const document = ownDocument(bytes);
    if (call === 'submit' && asked !== '') {
      const id = at(document, 'job', 'id');
      if (asked !== `/jobs/${encodeURIComponent(String(id))}`)
        throw new Find('another job than was named', `${asked}: ${id}`);
      if (at(document, 'accepted') !== true)
        throw new Find('a job that was not accepted', `${at(document, 'accepted')}`);
    }
    if (observation === null || observation.outcome !== 'measured') return 'refused' as const;
    if (call === 'status' && at(document, 'job', 'status') !== 'done')
      throw new Find('an end that was not said', `${at(document, 'job', 'status')}`);
    const { values, noise } = observation;
    if (call === 'wire') {
      const text = new TextDecoder('latin1').decode(bytes);
      const all = [...text.matchAll(/[-+]?\d*\.?\d+(?:e[-+]?\d+)?/gi)].map(([one]) => Number(one));
      for (const [name, value] of Object.entries(values))
        amongOrFind(name, value, [...all, ...all.map((one) => one * 100), ...all.map((one) => one / 1000)]);
    }
    if (call !== 'result') return 'taken' as const;
    const share = shares[String(at(document, 'data', 'unit')).trim()];
    if (share === undefined) throw new Find('a unit that nobody knows', `${at(document, 'data', 'unit')}`);
    const found = (...steps: (string | -1)[]) => numeric(at(document, 'data', ...steps));
    const scaled = (value: number | undefined) => (value === undefined ? undefined : value * share);
    const mass = at(document, 'data', 'wet mass');
    const grams = typeof mass === 'string' ? ownNumber(mass.trim(), 'point') : (numeric(mass) ?? null);
    amongOrFind('yield', values.yield, [scaled(found('results', -1, 'yield'))]);
    amongOrFind('noise', noise.yield, [scaled(found('results', -1, 'sd'))]);
    amongOrFind('mass', values.mass, [grams === null ? undefined : grams / 1000]);
    amongOrFind('maybe', values.maybe, [found('maybe')]);
    for (const name of request.objectives)
      if (values[name] === undefined && (name !== 'maybe' || (at(document, 'data', 'maybe') ?? null) !== null))
        throw new Find('measured without a value that was wanted', name);
    return 'taken' as const;
  };
}
