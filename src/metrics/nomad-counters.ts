// The traffic with NOMAD, counted: requests and bytes of all accounts together, new tokens of each.
import { Counter, type Registry } from 'prom-client';
import { ENDPOINTS, type RequestCount } from '../nomad/client.ts';
import { describing } from './registry.ts';

export const RENEWAL_RESULTS = ['ok', 'refused', 'error'] as const;

export interface NomadCounters {
  onRequest(count: RequestCount): void;
}

export interface RenewalCounter {
  onRenewal(result: (typeof RENEWAL_RESULTS)[number]): void;
}

export function createRenewalCounter(registry: Registry): RenewalCounter {
  const renewals = new Counter(
    describing(registry)('token_renewals_total', 'Attempts to get a new token.', ['result']),
  );
  for (const result of RENEWAL_RESULTS) renewals.inc({ result }, 0);
  return {
    onRenewal(result) {
      renewals.inc({ result });
    },
  };
}

export function createNomadCounters(registry: Registry): NomadCounters {
  const in_ = describing(registry);
  const requests = new Counter(
    in_('nomad_requests_total', 'Requests to NOMAD by endpoint and HTTP status; error: no answer.', [
      'endpoint',
      'code',
    ]),
  );
  const bytes = new Counter(
    in_('nomad_response_bytes_total', 'Bytes of answers from NOMAD, as received, compressed and with headers.', [
      'endpoint',
    ]),
  );

  for (const endpoint of ENDPOINTS) {
    requests.inc({ endpoint, code: '200' }, 0);
    bytes.inc({ endpoint }, 0);
  }

  return {
    onRequest({ endpoint, code, bytes: received }) {
      requests.inc({ endpoint, code });
      bytes.inc({ endpoint }, received);
    },
  };
}
