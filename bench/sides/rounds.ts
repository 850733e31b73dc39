// Rounds of the same work in this process, and what they cost. The first ones are for the compiler and are left out.

const WARM_UP = 2;
const ROUNDS = 3;

export interface RoundsReport {
  /** CPU seconds of each round. */
  readonly cpu: readonly number[];
  /** Most memory that this process ever held, MB. */
  readonly peak: number;
}

export async function rounds(work: () => Promise<void>): Promise<void> {
  const cpu: number[] = [];
  for (let round = 0; round < WARM_UP + ROUNDS; round += 1) {
    const before = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(before);
    if (round >= WARM_UP) cpu.push((user + system) / 1e6);
  }
  const report: RoundsReport = { cpu, peak: process.resourceUsage().maxRSS / 1024 };
  process.stdout.write(JSON.stringify(report));
}
