// What is taken out of ICU's data: a package of its format is made, and read again.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isUsed, trimIcu } from '../../../scripts/package/icu.ts';

for (const [path, stays] of [
  ['root.res', true],
  ['en_GB.res', true],
  ['zone/en.res', true],
  ['zone/de.res', false],
  ['de.res', false],
  ['sr_Latn_RS.res', false],
  ['coll/de_.res', false],
  ['zone/res_index.res', true],
  ['zone/pool.res', true],
  ['zone/tzdbNames.res', true],
  ['zoneinfo64.res', true],
  ['supplementalData.res', true],
  ['brkitr/char.brk', true],
  ['brkitr/thaidict.dict', false],
  ['translit/de.res', false],
  ['uts46.nrm', true],
  ['ibm-943_P15A-2003.cnv', true],
] as const)
  test(`${path} ${stays ? 'stays' : 'goes'}`, () => {
    assert.equal(isUsed(path), stays);
  });

test('what stays is found by its name as before, what goes is zeros, and nothing moves', () => {
  const contents = {
    'de.res': 'german!!',
    'en.res': 'english!',
    'zone/fr.res': 'paris!!!',
    'zoneinfo64.res': 'zones!!!',
  };
  const data = packed(contents);
  const size = data.length;
  assert.deepEqual(read(data), contents);
  trimIcu(data);
  assert.equal(data.length, size);
  assert.deepEqual(read(data), { 'en.res': 'english!', 'zoneinfo64.res': 'zones!!!' });
  assert.doesNotMatch(data.toString('latin1'), /german|paris/);
});

test('other data is refused', () => {
  assert.throws(() => {
    trimIcu(Buffer.alloc(64));
  }, /no ICU data/);
});

/** As ICU writes it: a header of 32 bytes, the table, the names, the contents of 8 bytes each. */
function packed(contents: Readonly<Record<string, string>>): Buffer {
  const items = Object.entries(contents);
  const header = Buffer.alloc(32);
  header.writeUInt16LE(32, 0);
  header.write('CmnD', 12);
  const names = items.map(([path]) => `icudt78l/${path}\0`);
  const namesFrom = 4 + 8 * items.length;
  const contentsFrom = namesFrom + names.join('').length;
  const table = Buffer.alloc(namesFrom);
  table.writeUInt32LE(items.length, 0);
  for (const index of items.keys()) {
    table.writeUInt32LE(namesFrom + names.slice(0, index).join('').length, 4 + 8 * index);
    table.writeUInt32LE(contentsFrom + 8 * index, 8 + 8 * index);
  }
  return Buffer.concat([header, table, Buffer.from(names.join('') + items.map(([, text]) => text).join(''))]);
}

function read(data: Buffer): Readonly<Record<string, string>> {
  const at = (offset: number) => 32 + data.readUInt32LE(32 + offset);
  const count = data.readUInt32LE(32);
  const items = Array.from({ length: count }, (_, index) => {
    const name = at(4 + 8 * index);
    const content = at(8 + 8 * index);
    return [data.toString('latin1', name + 9, data.indexOf(0, name)), data.toString('latin1', content, content + 8)];
  });
  return Object.fromEntries(items) as Readonly<Record<string, string>>;
}
