// What is defined of a variable, and the groups in which they are shown.
export const VARIABLE_GROUPS = {
  nomad: 'NOMAD',
  when: 'Schedule and notifications',
  mail: 'Mail',
  hooks: 'Webhook, chat, Alertmanager, heartbeat',
  http: 'HTTP: /metrics, /healthz, /readyz',
  state: 'State, metrics, logs',
} as const;
export type VariableGroup = keyof typeof VARIABLE_GROUPS;

export interface Variable {
  readonly name: string;
  readonly group: VariableGroup;
  /** One or two sentences, in plain text. */
  readonly meaning: string;
  /** When it has to be given; absent: never. */
  readonly needed?: string;
  readonly secret?: true;
  /** Any characters may be part of it, blanks and quotes too. */
  readonly freeText?: true;
  /** What holds when it is not set, as it would be written; absent: nothing that can be written. */
  readonly fallback?: string;
  /** The same in words, where they say more. */
  readonly inWords?: string;
  readonly example: string;
}

/** What others have defined, and we honour. */
export interface Surrounding {
  readonly name: string;
  readonly meaning: string;
  /** Whether it may also stand in `.env`. */
  readonly inFile: boolean;
}
