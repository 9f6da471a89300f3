import { Find } from '../find.js';
import { ownNumber } from '../own-reader.js';
import { adapterOf, amongOrFind, followed } from './judged.js';
import { rawServer } from './raw-server.js';

/** Commands, and what the instrument answers where it answers as it should. */
export const answers: Readonly<Record<string, string>> = {
  'ID?': 'FURNACE 3.1\r\n',
  'SP?': '300.0 K\r\n',
  GO: 'OK\r\n',
  'S?': 'IDLE\r\n',
  'Y?': 'YIELD 71.25 %\r\n',
  'M?': '1.5e3\r\n',
};

/** An instrument that is talked to line by line. Each of its answers may be another one. */
export async function lineReplies(folder: () => Promise<string>) {
  let of = '';
  let given: Uint8Array = new Uint8Array();
  const asked = new Set<string>();
  const port = await rawServer((text) => {
    const to = text.indexOf('\r\n') + 2;
    if (to < 2) return null;
    const command = text.slice(0, to - 2);
    asked.add(command);
    if (command.startsWith('SP ')) return { to, bytes: new Uint8Array(), ends: false };
    // What has no end of a line would only be waited for.
    if (command === of) return { to, bytes: given, ends: !given.includes(10) };
    return { to, bytes: Buffer.from(answers[command] ?? '?\r\n'), ends: false };
  });
  const settings = {
    connect: { host: '127.0.0.1', port },
    timeout: '1s',
    poll: '1ms',
    identity: { send: 'ID?', answer: '^FURNACE 3' },
    set: [
      {
        send: 'SP {temperature as K}',
        back: { send: 'SP?', answer: '^(\\S+) K', is: '{temperature as K}', within: 0.05 },
      },
    ],
    start: [{ send: 'GO', answer: '^OK\\s*$' }],
    done: { send: 'S?', answer: '^IDLE\\s*$' },
    values: {
      yield: { send: 'Y?', answer: '^YIELD (?<value>.*) %\\s*$', unit: '%', as: '1' },
      mass: { send: 'M?', answer: '^(.*)$', unit: 'mg', as: 'g' },
      maybe: { send: 'M?', answer: '' },
    },
  };
  return async (command: string, bytes: Uint8Array) => {
    of = command;
    given = bytes;
    asked.clear();
    const observation = await followed(adapterOf('lines', settings, await folder()));
    const [line = ''] = new TextDecoder('latin1').decode(bytes).split('\n');
    if (asked.has('GO')) {
      const back = ownNumber(line.split(' K')[0]!.trim(), 'point');
      if (command === 'SP?' && !(back !== null && Math.abs(back - 300) <= 0.0500001))
        throw new Find('begun with something else set', line);
      if (command === 'ID?' && !line.startsWith('FURNACE 3')) throw new Find('begun on another instrument', line);
    }
    if (observation === null || observation.outcome !== 'measured') return 'refused' as const;
    if (command === 'GO' && line.trim() !== 'OK') throw new Find('begun though that was not said', line);
    if (command === 'S?' && line.trim() !== 'IDLE') throw new Find('an end that was not said', line);
    const number = (text: string, by: number) => {
      const one = ownNumber(text.trim(), 'point');
      return one === null ? undefined : one * by;
    };
    const { values } = observation;
    if (command === 'Y?')
      amongOrFind('yield', values.yield, [number(line.replace(/^YIELD /, '').replace(/ %\s*$/, ''), 0.01)]);
    if (command === 'M?') {
      amongOrFind('mass', values.mass, [number(line, 1e-3)]);
      amongOrFind('maybe', values.maybe, [number(line, 1)]);
    }
    return 'taken' as const;
  };
}
