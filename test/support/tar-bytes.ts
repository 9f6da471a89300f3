/** An entry of a tar: a file, or a link where it leads somewhere. */
export interface TarEntry {
  readonly name: string;
  readonly content?: Uint8Array | string;
  readonly linkTo?: string;
}

/** A tar of the entries, as other programs write them. */
export function tarBytes(entries: readonly TarEntry[]): Buffer {
  const blocks = entries.flatMap(({ name, content = '', linkTo }) => {
    const bytes = Buffer.from(content as string);
    const head = Buffer.alloc(512);
    head.write(name, 0, 100, 'utf8');
    head.write('0000644\0', 100);
    head.write(`${bytes.length.toString(8).padStart(11, '0')}\0`, 124);
    head.write('00000000000\0        ', 136);
    head.write(linkTo === undefined ? '0' : '2', 156);
    if (linkTo !== undefined) head.write(linkTo, 157);
    head.write('ustar\0' + '00', 257, 'latin1');
    const sum = head.reduce((total, byte) => total + byte, 0);
    head.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    return [head, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}
