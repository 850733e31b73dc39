// What Mattermost and Rocket.Chat make of a message, by their own parsers: the shape of it, with all plain text as ''.
import { type Node, Parser } from '@mattermost/commonmark';
import { parse } from '@rocket.chat/message-parser';

type Shape = string | readonly Shape[];

/** As Mattermost's server rewrites the text of an incoming webhook before it is Markdown (server/channels/app/webhook.go). */
const SLACK_LINK = /<([^\n<|>]+)\|([^|\n>]+)>/g;

export function mattermost(text: string): Shape {
  return ofNode(new Parser().parse(text.replace(SLACK_LINK, '[$2]($1)')));
}

function ofNode(node: Node): Shape {
  if (node.type === 'text') return '';
  const children: Shape[] = [];
  for (let child = node.firstChild; child !== null; child = child.next) children.push(ofNode(child));
  return [node.destination === null ? node.type : `${node.type} ${node.destination}`, ...merged(children)];
}

/** With everything switched on that an administrator can switch on. */
const ALL = {
  colors: true,
  emoticons: true,
  katex: { dollarSyntax: true, parenthesisSyntax: true },
  customDomains: ['lab.example'],
};

export function rocketChat(text: string): Shape {
  return ofValue(parse(text, ALL));
}

function ofValue(value: unknown): Shape {
  if (Array.isArray(value)) return merged(value.map(ofValue));
  if (typeof value !== 'object' || value === null) return '';
  const { type, value: inner, unicode } = value as { type?: string; value?: unknown; unicode?: string };
  // An emoji that is one already is a letter like any other; several alone are only larger.
  if (type === 'PLAIN_TEXT' || unicode !== undefined) return '';
  if (type === 'LINK') {
    const { src, label } = inner as { src: { value: string }; label: unknown };
    return [`LINK ${src.value}`, ofValue(label)];
  }
  return [type === 'BIG_EMOJI' ? 'PARAGRAPH' : (type ?? ''), ofValue(inner)];
}

/** Text beside text is one text. */
function merged(all: readonly Shape[]): readonly Shape[] {
  return all.filter((each, index) => each !== '' || all[index - 1] !== '');
}
