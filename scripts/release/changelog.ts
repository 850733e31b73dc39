// CHANGELOG.md (Keep a Changelog) and the Debian changelog at a release. Pure.

const UNRELEASED = '## Unreleased';

/** What is under `## Unreleased`, without the heading; null: there is no such heading, or nothing under it. */
export function unreleased(changelog: string): string | null {
  return under(changelog, /^## Unreleased$/m);
}

/** The same of a version that was released. */
export function notesOf(changelog: string, version: string): string | null {
  return under(changelog, new RegExp(`^## ${version.replaceAll('.', '\\.')} - .*$`, 'm'));
}

function under(changelog: string, heading: RegExp): string | null {
  const found = heading.exec(changelog);
  if (found === null) return null;
  const rest = changelog.slice(found.index + found[0].length);
  const next = rest.search(/\n## /);
  const text = (next === -1 ? rest : rest.slice(0, next)).trim();
  return text === '' ? null : text;
}

/** The changelog with what was unreleased under the version, and an empty `## Unreleased` above it. `date`: 2026-12-01. */
export function released(changelog: string, version: string, date: string): string {
  return changelog.replace(`${UNRELEASED}\n`, () => `${UNRELEASED}\n\n## ${version} - ${date}\n`);
}

/** The Debian changelog with an entry for the version on top. `time`: ms since the epoch. */
export function debianChangelog(changelog: string, version: string, time: number): string {
  const date = new Date(time).toUTCString().replace('GMT', '+0000');
  return [
    `nomad-upload-monitor (${version}) unstable; urgency=medium`,
    '',
    `  * New version; see CHANGELOG.md.`,
    '',
    ` -- The nomad-upload-monitor authors <nomad-upload-monitor@localhost>  ${date}`,
    '',
    changelog,
  ].join('\n');
}
