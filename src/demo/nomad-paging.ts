// The simulated NOMAD's paging: which part of an ordered list a query asks for, what it refuses, what it says about the part.
// Its `page` for an offset, and hence what is past the end, is counted as NOMAD counts: in whole pages.

/** A `detail` of NOMAD: its sentence, its list of a 422, its object of a 500. */
export type SimulatedProblem = { readonly status: 400 | 401 | 403 | 404 | 422 | 500; readonly detail: string | object };

export type SimulatedAnswer = Readonly<Record<string, unknown>> | SimulatedProblem;

export function isProblem(answer: SimulatedAnswer): answer is SimulatedProblem {
  return 'detail' in answer;
}

export interface Paging {
  readonly size: number;
  readonly start: number;
  readonly orderBy: string;
  readonly order: 'asc' | 'desc';
  readonly offset: number | null;
}

export interface Orders {
  readonly names: readonly string[];
  readonly usual: string;
  /** What a name that is none of them is answered with, by that name. */
  readonly refusal: (name: string) => string;
  /** Whether that answer names the place in the query. */
  readonly placed: boolean;
}

const PER_PAGE = 10;
const PLACES = ['page', 'page_offset', 'page_after_value'] as const;

export function readPaging(query: URLSearchParams, orders: Orders): Paging | SimulatedProblem {
  const number = (name: string) => (query.has(name) ? Number(query.get(name)) : null);
  const size = number('page_size') ?? PER_PAGE;
  const order = query.get('order') ?? 'asc';
  const orderBy = query.get('order_by') ?? orders.usual;
  for (const name of ['page_size', 'page', 'page_offset'])
    if (!Number.isInteger(number(name) ?? 0))
      return invalid('int_parsing', name, 'Input should be a valid integer, unable to parse string as an integer');
  if (order !== 'asc' && order !== 'desc') return invalidChoice(['order'], "'asc' or 'desc'");
  if (size < 0) return invalid('invalid_page_size', 'page_size', 'page_size must be >= 0');
  if ((number('page') ?? 1) < 1) return invalid('invalid_page', 'page', 'page must be >= 1');
  if ((number('page_offset') ?? 0) < 0)
    return invalid('invalid_page_offset', 'page_offset', 'page_offset must be >= 0');
  if (!orders.names.includes(orderBy))
    return invalid('invalid_order_by', orders.placed ? 'order_by' : null, orders.refusal(orderBy));
  const places = PLACES.filter((name) => query.has(name));
  if (places.length > 1) {
    const message = 'Can only specify one of: page_offset, page, or page_after_value';
    return invalid('multiple_pagination_criteria', null, message);
  }
  if (size === 0 && places[0] !== undefined)
    return invalid('invalid_pagination', null, `Cannot specify ${places[0]} when page_size is set to 0`);
  const after = query.get('page_after_value');
  if (after !== null && !/^\d+$/.test(after))
    return unexpected(`invalid literal for int() with base 10: '${after}'`, 'ValueError');
  const offset = number('page_offset');
  const start = offset ?? (after === null ? ((number('page') ?? 1) - 1) * size : Number(after) + 1);
  return { size, start, orderBy, order, offset };
}

/** What NOMAD says about a page; the addresses are, as behind a proxy, not ones that can be followed. */
export function pagination(paging: Paging, total: number, path: string): Record<string, unknown> | SimulatedProblem {
  const { size, start, orderBy, order, offset } = paging;
  const page = size === 0 ? 1 : Math.floor(start / size) + 1;
  const isPastEnd = total === 0 ? page !== 1 : total <= (page - 1) * size;
  if (size > 0 && isPastEnd) return { status: 400, detail: 'Page out of range requested.' };
  const address = `http://internal-app:8000${path}?page_size=${size}`;
  const after = size > 0 && size * page < total ? String(start + size - 1) : undefined;
  return {
    page_size: size,
    order_by: orderBy,
    order,
    page_after_value: page > 1 ? String(start - 1) : undefined,
    page,
    page_offset: offset ?? undefined,
    total,
    next_page_after_value: after,
    page_url: address,
    next_page_url: after === undefined ? undefined : `${address}&page_after_value=${after}`,
    prev_page_url: page > 1 ? `${address}&page=${page - 1}` : undefined,
    first_page_url: size === 0 ? undefined : address,
  };
}

/** Ordered by one value, then by the others in turn; an absent value comes first. Only the first order can be turned round. */
export function orderedBy<T>(
  items: readonly T[],
  order: 'asc' | 'desc',
  ...values: readonly ((item: T) => string | number | null)[]
): T[] {
  return items.toSorted((a, b) => {
    for (const [index, value] of values.entries()) {
      const sign = compare(value(a), value(b)) * (index === 0 && order === 'desc' ? -1 : 1);
      if (sign !== 0) return sign;
    }
    return 0;
  });
}

function compare(a: string | number | null, b: string | number | null): number {
  if (a === b) return 0;
  if (a === null) return -1;
  if (b === null) return 1;
  return a < b ? -1 : 1;
}

export function invalid(type: string, name: string | null, msg: string): SimulatedProblem {
  return { status: 422, detail: [{ type, loc: name === null ? ['query'] : ['query', name], msg, input: null }] };
}

/** `expected`: the choices, as NOMAD writes them. */
export function invalidChoice(place: readonly (string | number)[], expected: string): SimulatedProblem {
  const problem = { type: 'enum', loc: ['query', ...place], msg: `Input should be ${expected}`, input: null };
  return { status: 422, detail: [{ ...problem, ctx: { expected } }] };
}

export function unexpected(exception: string, exception_class: string): SimulatedProblem {
  const reason = 'Unexpected exception while handling your request';
  return { status: 500, detail: { reason, exception, exception_class, exception_traceback: 'Traceback' } };
}
