// What a refusal of a mail server is about: the mail, its recipient, or our set-up. Pure. What is about the set-up will be mended, and the
// mail waits for it; all else is final for that mail and recipient. Where the answer leaves it open, the mail waits: nothing is lost by that.
//
// The standards: RFC 5321 (codes, which step refuses what), RFC 3463 and RFC 5248 (enhanced codes), RFC 4954 (login), RFC 3207 (STARTTLS),
// RFC 7372 (SPF, DKIM). What servers say where these are silent: the documentation of Postfix, Exim, Exchange, Gmail, Amazon SES, SendGrid.

/** What the server refused: the connection (greeting, EHLO, STARTTLS), the login, MAIL FROM, RCPT TO, or DATA and what follows it. */
export type SmtpStep = 'connection' | 'login' | 'sender' | 'recipient' | 'text';

export interface SmtpAnswer {
  readonly step: SmtpStep;
  /** Three digits. */
  readonly code: number;
  /** The whole answer; hostile. */
  readonly text: string;
}

export const SETUP_CAUSES = [
  'login',
  'login_missing',
  'app_password',
  'oauth2',
  'encryption',
  'sender',
  'relay',
  'limit',
  'client',
  'domain',
  'blocked',
] as const;
/** What of the set-up has to be mended; smtp-advice.ts says how. */
export type SetupCause = (typeof SETUP_CAUSES)[number];

/** `later`: the server asks to be tried again (4yz). */
export type RefusalCause = SetupCause | 'later' | 'mail' | 'recipient';

/** By enhanced code, whatever was refused. */
const BY_CODE: Readonly<Record<string, SetupCause>> = {
  '5.1.7': 'sender',
  '5.1.8': 'sender',
  '5.2.252': 'sender', // Exchange Online: SendAsDenied
  '5.4.5': 'limit', // Gmail: daily sending limit
  '5.7.3': 'login_missing', // Exchange
  '5.7.4': 'oauth2', // the way of logging in is not known there
  '5.7.8': 'login',
  '5.7.10': 'encryption',
  '5.7.11': 'encryption',
  '5.7.13': 'login',
  '5.7.14': 'login',
  '5.7.28': 'limit',
  '5.7.54': 'relay', // Exchange, and those below
  '5.7.57': 'login_missing',
  '5.7.60': 'sender',
  '5.7.64': 'relay',
  '5.7.139': 'oauth2',
  '5.7.509': 'domain',
};

/** By the words, where the code does not say it. All but the last two hold at DATA as well, where spam filters speak of the rest. */
const BY_WORDS: readonly (readonly [RegExp, SetupCause])[] = [
  [/application-specific|\bapp(?:lication)? password/, 'app_password'],
  [
    /basic auth\w* is disabled|smtpclientauthentication is disabled|\bx?oauth|authentication (?:mechanism|type)/,
    'oauth2',
  ],
  [/starttls|\btls (?:is )?required|encryption (?:is )?(?:required|needed)|encrypted connection/, 'encryption'],
  [
    /auth\w* (?:is )?required|(?:not|un)[ -]?authenticated|must (?:log ?in|authenticate)|log ?in (?:is )?required|smtp auth/,
    'login_missing',
  ],
  [
    /send[ -]?as\b|sender (?:address|identity|verify|domain)|verified sender|not verified|not owned by|from address|outbound sender/,
    'sender',
  ],
  [/\b(?:for|not|smtp|mail|to) relay\b|\brelay(?:ing)? (?:access )?(?:is )?(?:denied|not|prohibited)/, 'relay'],
  [
    /(?:daily|sending|submission|messaging|message) (?:\w+ ){0,2}(?:limits?|quota)\b|credits? exceeded|throttl/,
    'limit',
  ],
  [/(?:sending|account|user|tenant)\b.{0,40}\b(?:suspended|paused|disabled|banned|blocked)/, 'blocked'],
  [/\bsender\b/, 'sender'],
  [/\bclient\b|\b(?:helo|ehlo)\b|block ?list|blacklist|\brbl\b|dnsbl|blocked using|reverse dns|\bptr\b/, 'client'],
];
const OPEN_TO_SPAM_FILTERS = 2;

/** Where the server wants another session than ours, not another mail: syntax, order and login. */
const OF_THE_SESSION: Readonly<Record<number, SetupCause>> = {
  500: 'client',
  502: 'client',
  503: 'client',
  504: 'client',
  521: 'client',
  523: 'encryption',
  524: 'login',
  525: 'login',
  530: 'login_missing',
  534: 'oauth2',
  535: 'login',
  538: 'encryption',
};

export function refusalCause({ step, code, text }: SmtpAnswer): RefusalCause {
  if (code < 500) return 'later';
  const enhanced = /(?:^|[\s#(-])(5\.\d{1,3}\.\d{1,3})(?![.\d])/.exec(text)?.[1] ?? '';
  // The answer names addresses: what is in one says nothing of the refusal.
  const words = text.replace(/<[^>]*>|\S+@\S+/g, ' ').toLowerCase();
  const said = byCode(enhanced, step) ?? byWords(words, step, enhanced) ?? bySession(code, words, step);
  if (said !== null) return said;
  switch (step) {
    case 'connection':
      return 'client';
    case 'login':
      return 'login';
    case 'sender':
      return isTooLarge(code, enhanced) ? 'mail' : 'sender';
    case 'recipient':
      return isPermission(enhanced, words) ? 'relay' : 'recipient';
    case 'text':
      return 'mail';
  }
}

/** Whether another try makes sense. */
export function isFinal(cause: string): cause is 'mail' | 'recipient' {
  return cause === 'mail' || cause === 'recipient';
}

function byCode(enhanced: string, step: SmtpStep): SetupCause | null {
  const known = BY_CODE[enhanced];
  if (known !== undefined) return step === 'login' && known === 'login_missing' ? 'login' : known;
  if (/^5\.7\.2[0-7]$/.test(enhanced)) return 'domain';
  // Exchange Online: an account, a tenant or an address of the network that is banned.
  return /^5\.7\.[567]\d\d$/.test(enhanced) ? 'blocked' : null;
}

/** Codes that name the recipient's mailbox, its way there or the mail itself are believed, whatever words come with them. */
function byWords(words: string, step: SmtpStep, enhanced: string): SetupCause | null {
  if (step === 'login' && !/^5\.(?:7\.[0139]|5\.\d+)?$|^$/.test(enhanced)) return null;
  if (step === 'recipient' && (/^5\.[1246]\./.test(enhanced) || isOfRecipient(enhanced, words))) return null;
  if (/^5\.(?:3\.4|2\.3|6\.)/.test(enhanced)) return null;
  const told = step === 'text' ? BY_WORDS.slice(0, -OPEN_TO_SPAM_FILTERS) : BY_WORDS;
  return told.find(([pattern]) => pattern.test(words))?.[1] ?? null;
}

function bySession(code: number, words: string, step: SmtpStep): SetupCause | null {
  // A server that knows a line too long, or that nobody is left to send to, speaks of the mail.
  if (step === 'text' && code < 521) return null;
  if (step === 'login' && code === 504) return 'oauth2';
  if (step === 'recipient' && code < 521 && words.includes('recipient')) return null;
  return OF_THE_SESSION[code] ?? null;
}

function isTooLarge(code: number, enhanced: string): boolean {
  return code === 552 || enhanced === '5.3.4' || enhanced === '5.2.3';
}

/** X.7.z: security or policy. */
function isPermission(enhanced: string, words: string): boolean {
  return enhanced.startsWith('5.7.') && !isOfRecipient(enhanced, words);
}

function isOfRecipient(enhanced: string, words: string): boolean {
  return (
    /^5\.7\.[01]$/.test(enhanced) && /recipient address rejected|user unknown|no such user|does not exist/.test(words)
  );
}
