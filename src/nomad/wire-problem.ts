// What of an answer that is none decides something: NOMAD's own mistake, and what it would have allowed.
import { z } from 'zod';

/** The cause of a 500, as NOMAD gives it: `KeyError: 'kid'`. null: it does not say. For decisions, not for people. */
export function readException(body: unknown): string | null {
  const said = z.object({ exception: z.string().max(100), exception_class: z.string().max(100) });
  const read = z.object({ detail: said }).safeParse(body);
  return read.success ? `${read.data.detail.exception_class}: ${read.data.detail.exception}` : null;
}

/** The longest lifetime the server allows, in seconds, from its 422; null when it does not say (pydantic 2: `le`, 1: `limit_value`). */
export function readLifetimeLimit(body: unknown): number | null {
  const context = z.object({ le: z.number().positive().optional(), limit_value: z.number().positive().optional() });
  const read = z.object({ detail: z.tuple([z.object({ ctx: context })], z.unknown()) }).safeParse(body);
  return read.success ? (read.data.detail[0].ctx.le ?? read.data.detail[0].ctx.limit_value ?? null) : null;
}
