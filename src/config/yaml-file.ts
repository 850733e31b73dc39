// Our YAML files: a text -> its nodes, or every problem with its place; and how mappings and lists are read. Pure; it throws for nothing that a file can hold.
import { LineCounter, type Node, isMap, isNode, isScalar, isSeq, parseDocument } from 'yaml';
import { textOf } from '../domain/text/error.ts';
import { oneLine } from '../domain/text/one-line.ts';
import { closest } from '../domain/text/closest.ts';
import { excerpt } from './value-parsers.ts';

export interface Place {
  readonly line: number;
  /** `FILE:LINE:COLUMN` */
  readonly text: string;
}

export interface YamlFile {
  readonly contents: unknown;
  readonly placeOf: (node: unknown) => Place;
}

export interface YamlOptions {
  /** Its name, for the problems. */
  readonly file: string;
  /** A key that stands twice in one mapping is a problem of the file. */
  readonly uniqueKeys: boolean;
  /** Whether a problem may quote the file: one with passwords is not quoted. */
  readonly quoted: boolean;
}

export type ReadYaml = YamlFile | { readonly problems: readonly string[] };

export function readYaml(text: string, { file, uniqueKeys, quoted }: YamlOptions): ReadYaml {
  const counter = new LineCounter();
  const at = (offset: number): Place => {
    const { line, col } = counter.linePos(offset);
    return { line, text: `${file}:${line}:${col}` };
  };
  try {
    const options = { lineCounter: counter, uniqueKeys, merge: false, prettyErrors: false };
    const document = parseDocument(text.replace(/^\ufeff/, ''), options);
    const problems = [...document.errors, ...document.warnings].map(
      ({ pos, message }) => `${at(pos[0]).text}: ${quoted ? sentenceOf(message) : unquoted(message)}`,
    );
    if (problems.length > 0) return { problems };
    return { contents: document.contents, placeOf: (node) => at(offsetOf(node)) };
  } catch (error) {
    return { problems: [`${file}:1:1: it cannot be read as YAML${quoted ? ` (${textOf(error)})` : ''}`] };
  }
}

function sentenceOf(message: string): string {
  return oneLine(message.split('\n')[0] ?? '', 200);
}

/** What the reader says ends with what it found: after a colon, in quotes, or as `\x`. */
function unquoted(message: string): string {
  const [what = ''] = sentenceOf(message).split(/ ?\(|:|"|\\/);
  return `${what.trim()}; put a text with special characters in quotes, '…'`;
}

/** Keys of a mapping: the key's node for problems about the key, and its value. */
export type Entries = ReadonlyMap<string, { readonly key: unknown; readonly value: unknown }>;

export type NodeProblem = (node: unknown, sentence: string) => void;

function offsetOf(node: unknown): number {
  return isNode(node) ? ((node as Node).range?.[0] ?? 0) : 0;
}

/** `rule`: what would be right. */
export function entriesOf(
  node: unknown,
  keys: readonly string[],
  rule: string,
  { problem, unknown = () => null }: { readonly problem: NodeProblem; readonly unknown?: UnknownKey },
): Entries {
  const entries = new Map<string, { readonly key: unknown; readonly value: unknown }>();
  if (!isMap(node)) {
    problem(node, `it is not a mapping; ${rule}`);
    return entries;
  }
  for (const { key, value } of node.items) {
    const name = isScalar(key) ? String(key.value) : '';
    if (keys.includes(name)) {
      if (entries.has(name)) problem(key, `${name} is given twice; keep one`);
      else if (!isEmpty(value)) entries.set(name, { key, value });
      else problem(key, `${name} is empty; give it a value, or remove it`);
      continue;
    }
    const near = closest(name, keys);
    const usual = `there is no key "${excerpt(name)}" here; ${near === null ? rule : `did you mean ${near}?`}`;
    problem(key, unknown(name, value) ?? usual);
  }
  return entries;
}

/** What is said of a key that there is not; null: the usual. */
export type UnknownKey = (name: string, value: unknown) => string | null;

export function items(node: unknown, key: string, { problem }: { readonly problem: NodeProblem }): readonly unknown[] {
  if (node === undefined) return [];
  if (isSeq(node)) return node.items;
  problem(node, `${key} is a list; start each item with a dash`);
  return [];
}

export function isEmpty(node: unknown): boolean {
  return node === null || node === undefined || (isScalar(node) && node.value === null);
}
