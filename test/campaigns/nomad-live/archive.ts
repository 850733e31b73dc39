// Zip files from texts, stored as they are.
import { crc32 } from 'node:zlib';

export type Files = Readonly<Record<string, string>>;

export function zip(files: Files): Buffer {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [path, text] of Object.entries(files)) {
    const name = Buffer.from(path);
    const data = Buffer.from(text);
    // Version, flags, method, time, date (1980-01-01), check sum, sizes, length of the name.
    const common = Buffer.alloc(24);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(0x21, 8);
    common.writeUInt32LE(crc32(data), 10);
    common.writeUInt32LE(data.length, 14);
    common.writeUInt32LE(data.length, 18);
    common.writeUInt16LE(name.length, 22);
    const body = Buffer.concat([Buffer.from('PK\x03\x04'), common, Buffer.alloc(2), name, data]);
    const tail = Buffer.alloc(16);
    tail.writeUInt32LE(offset, 12);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), common, tail, name]));
    bodies.push(body);
    offset += body.length;
  }
  const list = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(bodies.length, 4);
  end.writeUInt16LE(bodies.length, 6);
  end.writeUInt32LE(list.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...bodies, list, Buffer.from('PK\x05\x06'), end]);
}

/** An archive that was cut on its way. */
export const cut = (files: Files) => zip(files).subarray(0, -30);

/** A mainfile for our parser (setup/plugin): how it is to be parsed. */
export const mainfile = (level: 0 | 1 | 2, how: Readonly<Record<string, string | number>> = {}) =>
  [`LIVE${level}`, ...Object.entries(how).map(([key, value]) => `${key}=${value}`)].join('\n');

/** So many mainfiles of one kind. */
export function many(count: number, how: Readonly<Record<string, string | number>>, level: 0 | 1 | 2 = 0): Files {
  const name = (index: number) => `m${String(index).padStart(2, '0')}.live${level}`;
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [name(index), mainfile(level, how)]));
}
