// For mutation testing (docs/mutation.md), loaded before a test file: each property is tried with the same values every time,
// and a failing one is not made smaller, for a mutant is killed by any.
import fc from 'fast-check';

fc.configureGlobal({ seed: 1, endOnFailure: true });
