// A simulated furnace that speaks in lines: a process of its own with a ledger of its starts in the folder given. Started as:
// node line-device.mjs FOLDER PORT (0: any). It writes its port. Commands: ID, SP x, SP?, MS n, RUN key, KEY?, ST?, PV?, Y?, STOP,
// and ORDER fault [times] for tests. A set point over 100 is acknowledged and ignored; what it does not know gets no answer.
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';

const [folder, port] = process.argv.slice(2);
const ledger = join(folder, 'starts.log');
const lastKey = () => (existsSync(ledger) ? readFileSync(ledger, 'utf8').trim().split('\n').at(-1) : '');
let [setPoint, ms, startedAt, running, order] = [20, 50, 0, false, null];
const isDone = () => running && Date.now() - startedAt >= ms;

const answerTo = (line) => {
  const [, word, value = ''] = /^(\S+) ?(.*)$/.exec(line) ?? [];
  if (word === 'ID') return 'FURNACE 3';
  if (word === 'SP') {
    if (Number(value) <= 100) setPoint = Number(value);
    return 'OK';
  }
  if (word === 'MS') {
    ms = Number(value);
    return 'OK';
  }
  if (word === 'SP?') return setPoint.toFixed(2);
  if (word === 'RUN') {
    appendFileSync(ledger, `${value}\n`);
    [startedAt, running] = [Date.now(), true];
    return 'OK';
  }
  if (word === 'STOP') {
    running = false;
    return 'OK';
  }
  if (word === 'KEY?') return lastKey();
  if (word === 'ST?') return setPoint === 13 ? 'ALARM 7' : isDone() ? 'DONE' : running ? 'BUSY' : 'IDLE';
  if (word === 'Y?') return setPoint === 77 ? 'ERR -9' : setPoint === 78 ? '12,5' : `Y=${(2 * setPoint).toFixed(3)} g`;
  return null;
};

const server = net.createServer((socket) => {
  let text = '';
  socket.on('error', () => {});
  socket.on('data', (bytes) => {
    text += bytes;
    for (let end = text.indexOf('\r'); end >= 0; end = text.indexOf('\r')) {
      const line = text.slice(0, end);
      text = text.slice(end + 1);
      if (line.startsWith('ORDER ')) {
        const [, fault, on, times = '1'] = line.split(' ');
        order = { fault, on, times: Number(times) };
        socket.write('OK\r\n');
        continue;
      }
      const isHit = order !== null && order.times > 0 && line.startsWith(order.on);
      if (isHit) order.times -= 1;
      const fault = isHit ? order.fault : '';
      if (fault === 'dropBefore') return socket.destroy();
      const answer = answerTo(line);
      if (answer === null || fault === 'silent') continue;
      if (fault === 'drop') return socket.destroy();
      if (fault === 'late') setTimeout(() => socket.writable && socket.write(`${answer}\r\n`), 350);
      else if (fault === 'twice') socket.write(`${answer}\r\n${answer}\r\n`);
      else if (fault === 'html') socket.write('<html>\r\n');
      else if (fault === 'endless') socket.write('x'.repeat(100_000));
      else if (fault === 'slowly') {
        for (const [i, sign] of [...`${answer}\r\n`].entries()) setTimeout(() => socket.write(sign), 5 * i);
      } else socket.write(`${answer}\r\n`);
    }
  });
});
server.listen(Number(port), '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`));
