// What comes from NOMAD in an hour of polls each minute, as the gateway before it counts: full listings beside ours in two tiers.
import { startNomad } from '../nomad.ts';
import { runSide } from '../processes.ts';
import { type Measurement, TURNS, inTurns, median, ratios } from '../row.ts';

const UPLOADS = 10_000;
const PROCESSING = 20;
const MINUTES = 60;

export const bytes: Measurement = {
  rows: [
    {
      name: 'bytes',
      what: `bytes from NOMAD an hour at ${UPLOADS} uploads: full listing each minute, not compressed / ours`,
      goal: { is: 'at least', value: 50, unit: '×' },
    },
    {
      name: 'bytes-zipped',
      what: 'the same, but the full listing compressed as well',
      goal: { is: 'at least', value: 50, unit: '×' },
    },
  ],
  async measure() {
    const nomad = await startNomad({ uploads: UPLOADS, processing: PROCESSING });
    const sent = async (work: () => Promise<unknown>) => {
      const before = Number(await nomad.order({ kind: 'bytes' }));
      await work();
      return Number(await nomad.order({ kind: 'bytes' })) - before;
    };
    const full = (encoding: string) => async () => MINUTES * (await sent(() => listing(encoding)));
    const [plain = [], zipped = [], ours = []] = await inTurns(TURNS, full('identity'), full('gzip'), () =>
      sent(() => runSide('hour', [nomad.gatewayUrl, nomad.token])),
    );
    await nomad.stop();
    const mb = (values: readonly number[]) => `${(median(values) / 1e6).toFixed(1)} MB`;
    return [
      { kind: 'measured', values: ratios(plain, ours), note: `${mb(plain)} / ${mb(ours)}` },
      { kind: 'measured', values: ratios(zipped, ours), note: `${mb(zipped)} / ${mb(ours)}` },
    ];

    async function listing(encoding: string): Promise<void> {
      for (let page = 1; page <= UPLOADS / 200; page += 1) {
        const address = `${nomad.gatewayUrl}/uploads?page_size=200&page=${page}&order_by=upload_create_time&order=asc`;
        const headers = { authorization: `Bearer ${nomad.token}`, 'accept-encoding': encoding };
        await (await fetch(address, { headers })).arrayBuffer();
      }
    }
  },
};
