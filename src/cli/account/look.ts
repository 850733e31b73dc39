// Looks at one account as the monitor would: does it get in, whose is it, what is listed, when does its token end.
import { inKeys } from '../../config/account-keys.ts';
import type { Config } from '../../config/config.ts';
import { createDoctorProbes } from '../../app/one-shot.ts';
import type { Grade, Part } from '../../domain/doctor/findings.ts';
import {
  type LoginFact,
  type TokenFact,
  judgeListing,
  judgeLogin,
  judgeToken,
} from '../../domain/doctor/nomad-checks.ts';
import { counted, oneLine } from '../../domain/text/one-line.ts';
import type { Scrubber } from '../../log.ts';
import { version } from '../installation.ts';

export interface Look {
  readonly name: string | null;
  readonly grade: Grade;
  /** What was found, or what is wrong. */
  readonly finding: string;
  /** What to do; null: nothing. */
  readonly advice: string | null;
  readonly userId: string | null;
  readonly email: string | null;
  readonly uploads: number | null;
  /** ms; null: it is renewed, or does not show its end. */
  readonly tokenEnds: number | null;
}

const UNKNOWN = { userId: null, email: null, uploads: null, tokenEnds: null };

export async function lookAt(config: Config, scrubber: Scrubber, stopping: AbortSignal): Promise<Look> {
  const probes = createDoctorProbes({ config, version: version(), scrubber });
  const wrong = (part: Part, more = {}): Look => ({
    ...UNKNOWN,
    ...more,
    name: config.account,
    grade: part.grade,
    finding: clean(`${part.part.replace('_', ' ')}: ${part.finding}`),
    advice: part.advice === null ? null : clean(part.advice),
  });
  try {
    const login = await probes.login(stopping);
    const judged = judgeLogin(login);
    if (!login.ok || judged.state === 'bad') return wrong(judged);
    const who = { userId: login.identity.userId, email: login.identity.email };
    const listing = await probes.listing(stopping);
    const listed = judgeListing(listing, config.nomad.roles);
    if (!listing.ok || listed.state === 'bad') return wrong(listed, who);
    const token = await probes.token(stopping);
    const life = judgeToken(token, probes.clock());
    const known = { ...who, uploads: listing.uploads, tokenEnds: endOf(token) };
    if (life.state === 'bad') return wrong(life, known);
    const finding = [whoText(login), counted(listing.uploads, 'upload'), life.finding].map(clean).join('; ');
    return { ...known, name: config.account, grade: 'good', finding, advice: null };
  } finally {
    probes.close();
  }

  function clean(text: string): string {
    const said = oneLine(scrubber.scrub(text), 400);
    return config.account === null ? said : inKeys(said);
  }
}

function endOf(token: TokenFact): number | null {
  return token.kind === 'token' && token.renewable !== true ? token.expiresAt : null;
}

function whoText({ identity: { userId, email } }: Extract<LoginFact, { ok: true }>): string {
  if (userId === null) return 'may not read whose it is (scope users:read)';
  return email === null ? `user ${userId}` : `${email}, user ${userId}`;
}
