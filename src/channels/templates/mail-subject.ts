// The subject as a header where nodemailer would pass it on as it is: a text that looks like an encoded word (RFC 2047) would be read as
// what that word says, and so as something that nobody made harmless.

/** An encoded word has at most 75 characters; this many bytes make 60 of them. */
const BYTES_IN_WORD = 45;

/** The parts of a mail that say its subject; nodemailer encodes it where that is enough. */
export function subjectParts(subject: string) {
  if (!subject.includes('=?')) return { subject, headers: {} };
  return { headers: { Subject: { prepared: true, foldLines: true, value: encodedWords(subject) } } };
}

/** Each word is whole characters; the space between two words is not part of the text. */
function encodedWords(text: string): string {
  const words: string[] = [''];
  for (const character of text) {
    const longer = `${words.at(-1) ?? ''}${character}`;
    if (Buffer.byteLength(longer) <= BYTES_IN_WORD) words[words.length - 1] = longer;
    else words.push(character);
  }
  return words.map((word) => `=?UTF-8?B?${Buffer.from(word).toString('base64')}?=`).join(' ');
}
