// Breaks text for reading into lines.

/**
 * Lines of at most `width`, broken between words; a word that is longer (an address, a command) stays whole, to be copied. `measure`: how
 * long a text is where it is shown.
 */
export function wrap(text: string, width: number, measure = (part: string) => part.length): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line === '' || measure(longer) <= width) {
      line = longer;
      continue;
    }
    lines.push(line);
    line = word;
  }
  return [...lines, line];
}
