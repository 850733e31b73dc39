// A simulated NOMAD that is asked for a listing and never gives it, until the test lets it.
import type { SimulatedNomad } from '../../src/demo/nomad-server.ts';

/** From here on NOMAD lets no listing end. */
export function holdPolls(nomad: SimulatedNomad) {
  let end: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    nomad.setFault(({ path }) => {
      if (path !== '/uploads') return undefined;
      resolve();
      return { hold: new Promise<void>((done) => (end = done)) };
    });
  });
  const release = () => {
    nomad.setFault(null);
    end();
  };
  return { held, release };
}
