// Who has an account in the realm (setup/realm.json).
export interface Person {
  readonly id: string;
  readonly username: string;
  readonly password: string;
}

const person = (username: string, id: string): Person => ({
  id: `00000000-0000-4000-8000-${id.padStart(12, '0')}`,
  username,
  password: `${username}-pw`,
});

export const ADA = person('ada', '1');
export const GRACE = person('grace', '2');
/** NOMAD's own service user and its administrator. */
export const ADMIN = person('admin', 'a');
