// The runs of the simulated NOMAD step by step: what is asked of an upload, as the writes that a listing can fall between. Held to
// recordings of real servers (test/demo/recorded-lives.test.ts), in which steps come in this order and with these words.
import { goodEnd, isCelery } from './nomad-generations.ts';
import { type Processing, example, processing } from './nomad-processing.ts';
import { type NomadWrite, begin, goodEnding, says, step } from './nomad-steps.ts';
import { type SimulatedUpload, type World, publish, remove, reset, start, stop } from './nomad-state.ts';

/** What an author or, for `reset`, an administrator asks for. */
export type Order =
  | Processing
  | (Omit<Processing, 'does' | 'addsFiles' | 'fails'> & { readonly does: 'make from an example' })
  | { readonly does: 'edit'; readonly change?: Partial<SimulatedUpload> }
  | { readonly does: 'give away'; readonly to: string }
  | { readonly does: 'publish' | 'delete' | 'put one file' | 'add files only' | 'make a folder' | 'stop' | 'reset' };

export function stepsOf(world: World, upload: SimulatedUpload, order: Order): readonly NomadWrite[] {
  switch (order.does) {
    case 'process':
      return processing(world, upload, order);
    case 'make from an example':
      return example(world, upload, { ...order, does: 'process' });
    case 'edit':
      return run(world, upload, 'edit_upload_metadata', () => Object.assign(upload, order.change));
    case 'give away':
      return transfer(world, upload, order.to);
    case 'publish':
      return run(world, upload, 'publish_upload', (now) => {
        publish(upload, now);
      });
    case 'delete':
      return deletion(world, upload);
    case 'put one file':
      return onePut(upload);
    case 'add files only':
      return filesOnly(world, upload);
    case 'make a folder': // no run at all
      return [step('folder', (now) => (upload.completeTime = now))];
    case 'stop':
      return [
        step('stopped', () => {
          stop(upload);
        }),
      ];
    case 'reset':
      return [
        step('reset', () => {
          reset(upload);
        }),
      ];
  }
}

/** A run that changes one thing and leaves the files alone. */
function run(
  world: World,
  upload: SimulatedUpload,
  process: string,
  change: (now: number) => void,
): readonly NomadWrite[] {
  return [...begin(world, upload, process), step('changed', change), ...goodEnding(upload)];
}

/** Who is asked becomes a reviewer, and with the word yes the main author. */
function transfer(world: World, upload: SimulatedUpload, to: string): readonly NomadWrite[] {
  const asked = step('asked', () => (upload.reviewers = [...upload.reviewers, to]));
  const given = run(world, upload, 'transfer_upload_ownership', () => {
    upload.mainAuthor = to;
    upload.reviewers = upload.reviewers.filter((each) => each !== to);
  });
  return [asked, ...given];
}

function deletion(world: World, upload: SimulatedUpload): readonly NomadWrite[] {
  const empties = step('emptied', () => (upload.entries = 0));
  return [
    ...begin(world, upload, 'delete_upload'),
    empties,
    step('gone', () => {
      remove(world, upload);
    }),
  ];
}

/** As the GUI saves a notebook's entry: done within the request; from 1.4 on no run at all, only messages. */
function onePut(upload: SimulatedUpload): readonly NomadWrite[] {
  const process = 'put_file_and_process_local';
  const matched = step('matched', (now) => {
    upload.entries += 1;
    upload.entryEnds = [...upload.entryEnds, now];
  });
  const words = (say: (text: string) => NomadWrite) => [
    say('Putting the file'),
    say('Matching'),
    matched,
    say('Processing'),
  ];
  if (!isCelery(upload.generation)) {
    const say = (text: string) => step(text, () => (upload.message = text));
    return [...words(say), say('Process completed successfully')];
  }
  const begun = step('Started', () => {
    upload.process = process;
    upload.parsing = { done: new Set(upload.entryEnds.keys()), level: [], at: null, message: '', isEnding: false };
    start(upload, `Started: ${process}`);
  });
  return [begun, ...words((text) => says(upload, text)), ...goodEnding(upload)];
}

/** With `trigger_processing=false`. */
function filesOnly(world: World, upload: SimulatedUpload): readonly NomadWrite[] {
  const ended = step('ended', () => {
    upload.status = 'READY';
    upload.message = goodEnd('process_upload', upload.generation);
    upload.isTaken = false;
  });
  return [...begin(world, upload, 'process_upload'), says(upload, 'Adding files'), ended];
}
