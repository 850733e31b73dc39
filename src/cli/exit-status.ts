// What a command exits with. help.ts says what each number means.
export const EXIT = {
  good: 0,
  bad: 1,
  usage: 2,
  unreachable: 3,
  refused: 4,
  state: 5,
  timeUp: 6,
  interrupted: 130,
} as const;
