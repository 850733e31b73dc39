// A message before anybody decides how long it may be: what reminders, summaries and tests say. Pure; no markup.
import type { Item } from './item.ts';

export interface Said {
  readonly headline: string;
  readonly lead: string;
  readonly items: readonly Item[];
  /** What is not listed item by item; its number. */
  readonly more: number;
  readonly groups: readonly Group[];
  readonly note: string | null;
}

/** The items of one author. */
export interface Group extends Pick<Item, 'title' | 'headline' | 'tone'> {
  /** What else there is to say of them. */
  readonly lines: readonly string[];
  readonly items: readonly Item[];
  /** How many are not listed. */
  readonly more: number;
}
