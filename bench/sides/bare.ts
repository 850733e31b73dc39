// The bare requests of a whole listing, and JSON.parse: nothing is done with what they bring. Writes the CPU seconds of each round.
import got from 'got';
import { rounds } from './rounds.ts';

const [url = '', token = '', uploads = '0'] = process.argv.slice(2);

await rounds(async () => {
  let read = 0;
  // Pages overlap by one upload, as the monitor's do.
  for (let offset = 0; offset < Number(uploads) - 1; offset += 199) {
    const place = offset === 0 ? 'page=1' : `page_offset=${offset}`;
    const address = `${url}/uploads?page_size=200&${place}&order_by=upload_create_time&order=asc`;
    const body = await got(address, { headers: { authorization: `Bearer ${token}` } }).text();
    read += (JSON.parse(body) as { readonly data: readonly unknown[] }).data.length;
  }
  if (read < Number(uploads)) throw new Error(`${read} uploads came`);
});
