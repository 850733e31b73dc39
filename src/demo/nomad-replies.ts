// How the simulated NOMAD writes an answer, and how it refuses: FastAPI's JSON, in NOMAD's words.
import type { Context } from 'hono';
import { type SimulatedAnswer, isProblem } from './nomad-paging.ts';

export function answer(context: Context, value: SimulatedAnswer): Response {
  return isProblem(value) ? context.json({ detail: value.detail }, value.status) : context.json(value);
}

export function refuse(context: Context, status: 400 | 401 | 403 | 404, detail: string): Response {
  return context.json({ detail }, status);
}

export function missingScope(context: Context, scope: string): Response {
  const name = scope.toUpperCase().replace(':', '_');
  return refuse(context, 403, `Missing scopes: [<Scope.${name}: '${scope}'>]`);
}

/** FastAPI's validation: one thing is wrong with the request. */
export function unprocessable(context: Context, problem: object): Response {
  return context.json({ detail: [problem] }, 422);
}
