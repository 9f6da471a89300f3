import { connect, createServer, type Socket } from 'node:net';

/** A line in front of a broker that loses an acknowledgement once. */
export interface MqttLine {
  readonly port: number;
  /** The next acknowledgement of a message (PUBACK) to the broker is lost, and the connection with it. */
  drop(): void;
  /** How many messages the broker has sent a second time (DUP). */
  again(): number;
  close(): Promise<void>;
}

/** Opens such a line to a broker on a port of this machine. */
export async function withoutAcknowledgement(to: number): Promise<MqttLine> {
  const open = new Set<Socket>();
  let isDropping = false;
  let again = 0;
  const server = createServer((near) => {
    const far = connect(to, '127.0.0.1');
    for (const socket of [near, far]) {
      open.add(socket);
      socket.on('error', () => {});
      socket.once('close', () => {
        open.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    const fromNear = packets((type, bytes) => {
      if (type >> 4 !== 4 || !isDropping) return void far.write(bytes);
      isDropping = false;
      near.destroy();
      far.destroy();
    });
    const fromFar = packets((type, bytes) => {
      // PUBLISH with its flag of a second delivery.
      if (type >> 4 === 3 && (type & 8) !== 0) again++;
      near.write(bytes);
    });
    near.on('data', fromNear);
    far.on('data', fromFar);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as { port: number }).port,
    drop: () => {
      isDropping = true;
    },
    again: () => again,
    close: async () => {
      for (const socket of open) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** Takes bytes apart into whole packets of MQTT: a byte of type and flags, the length in sevens of bits, and so many bytes. */
function packets(take: (type: number, bytes: Buffer) => void): (bytes: Buffer) => void {
  let rest = Buffer.alloc(0);
  return (bytes) => {
    rest = Buffer.concat([rest, bytes]);
    for (;;) {
      let [length, digits] = [0, 0];
      do {
        if (rest.length < 2 + digits) return;
        length += (rest[1 + digits]! & 127) << (7 * digits);
        digits++;
      } while ((rest[digits]! & 128) !== 0);
      const whole = 1 + digits + length;
      if (rest.length < whole) return;
      const packet = rest.subarray(0, whole);
      rest = rest.subarray(whole);
      take(packet[0]!, packet);
    }
  };
}
