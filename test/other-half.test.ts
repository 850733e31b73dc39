// The other half of the files that share a process: see one-half.test.ts.
import { defineTogether, halves } from './support/together.ts';

const [, other] = halves();

defineTogether(other);
