// Writes down what a client can see: GET /uploads each 100 ms and, of what is processed, its entries each 500 ms; one JSON object a line, only changes.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer, Author } from './author.ts';
import { CACHE } from './places.ts';

type Fields = Readonly<Record<string, unknown>>;
interface Seen {
  readonly life: string;
  readonly fields: Fields;
  readonly entries: string;
  readonly askedAt: number;
}

const FIELDS = ['process_status', 'process_running', 'current_process', 'last_status_message', 'errors', 'warnings'];
const MORE = [
  'entries',
  'complete_time',
  'published',
  'publish_time',
  'upload_name',
  'main_author',
  'coauthors',
  'reviewers',
];
const HIDDEN: readonly (readonly [RegExp, string])[] = [
  [/[^\s"']*\/site-packages\//g, '/app/'],
  [/[^\s"']*\/lib\/python3\.\d+\//g, '/python/'],
];

/** A life is what stands before the first colon of an upload's name when it is first seen. */
export const lifeOf = (name: unknown) => String(name).split(':')[0] ?? '';

export interface Recorder {
  /** Resolves when the last answer is written down. */
  stop(): Promise<void>;
  /** Writes a file for each life: FOLDER/VERSION-LIFE.jsonl. */
  save(folder: string, version: string): readonly string[];
}

/** Uploads that are there already are left out. */
export function startRecorder(author: Author): Recorder {
  const lines = new Map<string, string[]>();
  const seen = new Map<string, Seen>();
  const others = new Set<string>();
  /** Also of those that are gone: an imported upload comes back without a name. */
  const livesOf = new Map<string, string>();
  let isFirst = true;
  let isOver = false;
  let before = '200';

  const say = (life: string, what: Fields) => {
    const at = new Date().toISOString().slice(11, 23);
    const list = lines.get(life) ?? [];
    list.push(clean(JSON.stringify({ at, ...what })));
    lines.set(life, list);
  };
  const sayToAll = (what: Fields) => {
    for (const life of new Set([...seen.values()].map((each) => each.life))) say(life, what);
  };
  const short = (id: string) => id.slice(0, 6);

  function listed(uploads: readonly Fields[]): void {
    const there = new Set<string>();
    for (const upload of uploads) {
      const id = String(upload['upload_id']);
      there.add(id);
      if (isFirst) others.add(id);
      if (others.has(id)) continue;
      const fields = pick(upload);
      const known = seen.get(id);
      if (known === undefined) {
        const life = livesOf.get(id) ?? lifeOf(upload['upload_name']);
        livesOf.set(id, life);
        say(life, {
          id: short(id),
          life,
          new: true,
          ...Object.fromEntries(Object.entries(fields).filter(([, v]) => isSaid(v))),
        });
        seen.set(id, { life, fields, entries: '', askedAt: 0 });
        continue;
      }
      const changed = Object.entries(fields).filter(([key, value]) => !isSame(value, known.fields[key]));
      if (changed.length === 0) continue;
      say(known.life, { id: short(id), life: known.life, name: upload['upload_name'], ...Object.fromEntries(changed) });
      seen.set(id, { ...known, fields });
    }
    for (const [id, { life, fields }] of seen) {
      if (there.has(id)) continue;
      say(life, { id: short(id), life, gone: true, name: fields['upload_name'] });
      seen.delete(id);
    }
    isFirst = false;
  }

  async function entriesOf(id: string, known: Seen): Promise<void> {
    const { status, body } = await author.ask('GET', `/uploads/${id}/entries`, { page_size: 100 });
    const found = status === 200 ? summary(body as Fields) : { answer: status };
    const text = JSON.stringify(found);
    const now = seen.get(id);
    if (now === undefined) return;
    if (text !== known.entries) say(known.life, { id: short(id), life: known.life, of: 'entries', ...found });
    seen.set(id, { ...now, entries: text, askedAt: Date.now() });
  }

  async function listing(): Promise<void> {
    while (!isOver) {
      const began = Date.now();
      const answer = await quietly(() => author.ask('GET', '/uploads', { page_size: 200, order: 'desc' }));
      const took_ms = Date.now() - began;
      if (String(answer.status) !== before) sayToAll({ answer: answer.status, took_ms });
      before = String(answer.status);
      if (answer.status === 200) listed((answer.body as { data: Fields[] }).data);
      await sleep(Math.max(0, 100 - (Date.now() - began)));
    }
  }

  async function asking(): Promise<void> {
    while (!isOver) {
      const began = Date.now();
      for (const [id, known] of seen) {
        // Once more after its end.
        const isDue = known.fields['process_running'] === true || isRunning.has(id);
        if (!isDue) continue;
        if (known.fields['process_running'] === true) isRunning.add(id);
        else isRunning.delete(id);
        await quietly(() => entriesOf(id, known));
      }
      await sleep(Math.max(50, 500 - (Date.now() - began)));
    }
  }
  const isRunning = new Set<string>();
  const work = Promise.all([listing(), asking()]);
  return {
    async stop() {
      isOver = true;
      await work;
    },
    save(folder, version) {
      mkdirSync(folder, { recursive: true });
      return [...lines].map(([life, list]) => {
        const file = join(folder, `${version}-${life}.jsonl`);
        writeFileSync(file, `${list.join('\n')}\n`);
        return file;
      });
    },
  };
}

/** What the entries look like together. */
function summary(answer: Fields): Fields {
  const data = (answer['data'] ?? []) as readonly Fields[];
  const count = (key: string) => {
    const values = data.map((entry) => (typeof entry[key] === 'string' ? entry[key] : ''));
    return Object.fromEntries(
      [...new Set(values)].sort().map((value) => [value, values.filter((each) => each === value).length]),
    );
  };
  const times = data.map((entry) => entry['complete_time']).filter((time) => typeof time === 'string');
  const { processing_successful: successful, processing_failed: failed } = answer;
  const total = (answer['pagination'] as Fields | undefined)?.['total'];
  const newest = times.sort().at(-1) ?? null;
  return {
    total,
    successful,
    failed,
    newest,
    statuses: count('process_status'),
    messages: count('last_status_message'),
  };
}

const pick = (upload: Fields) =>
  Object.fromEntries([...FIELDS, ...MORE].map((field) => [field, upload[field] ?? null]));
const isSame = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
const isSaid = (value: unknown) => value !== null && value !== false && !(Array.isArray(value) && value.length === 0);

function clean(line: string): string {
  const shorter = HIDDEN.reduce((text, [pattern, by]) => text.replaceAll(pattern, by), line);
  return shorter.replaceAll(CACHE, '/data');
}

async function quietly<T>(work: () => Promise<T>): Promise<T | Answer> {
  try {
    return await work();
  } catch (error) {
    return { status: 0, body: String(error) };
  }
}
