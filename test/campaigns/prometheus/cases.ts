// The files of cases of the rules in prometheus/, which promtool plays.
export const CASES = ['rules.test.yaml', 'days.test.yaml', 'shared-state.test.yaml', 'accounts.test.yaml'] as const;
