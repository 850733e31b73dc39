#!/usr/bin/env bash
# @mattermost/commonmark 0.31.2-0, the parser of Mattermost's mobile app: a word, a colon and a letter or digit are a link, whatever the word.
#
# Expected: plain text becomes a link where it is an address: after http:, https: or another scheme that is known, or with // behind it.
# Observed: "dtype:float64" is a link to dtype:float64, and "kpoints:4x4x4" one to kpoints:4x4x4; the text of an error is full of such words.
# "shape:3" is text: there has to be more than one character after the colon.
#
# Installs the pinned package from npm into a temporary folder. Needs Node and npm. Fails if the parser behaves differently.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --ignore-scripts --no-save @mattermost/commonmark@0.31.2-0 >/dev/null
seen=$(node -e '
const { Parser } = require("@mattermost/commonmark");
const linksIn = (node, found = []) => {
  for (let child = node.firstChild; child; child = child.next) {
    if (child.type === "link") found.push(child.destination);
    linksIn(child, found);
  }
  return found;
};
for (const text of ["expected dtype:float64", "kpoints:4x4x4 is too few", "got shape:3"])
  console.log(`${text} => ${linksIn(new Parser().parse(text)).join() || "text"}`);
')
echo "$seen"
[ "$seen" = 'expected dtype:float64 => dtype:float64
kpoints:4x4x4 is too few => kpoints:4x4x4
got shape:3 => text' ]
