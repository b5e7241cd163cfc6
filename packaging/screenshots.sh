#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Makes the pictures of the README anew: the real window, engine and demo model, no display needed.
# Usage: packaging/screenshots.sh [BUILD_FOLDER]      (build the target gallery there first)
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
build=${1:-$root/build/release}
gallery=$build/bin/gallery
[ -x "$gallery" ] || { echo "screenshots.sh: $gallery is missing; cmake --build $build --target gallery" >&2; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Only the model in the box may be found.
take() {
  env -u FIRESIDE_MODEL -u HF_HOME XDG_DATA_HOME="$work/data" HF_HUB_CACHE="$work/hub" LC_ALL=C.UTF-8 \
    FIRESIDE_RESOURCES="$root/resources" "$gallery" "$work" "$2" wide "$3" "$4" > /dev/null
  mv "$work/$2-1280x800-$3-$4.png" "$root/resources/screenshots/$1.png"
  echo "resources/screenshots/$1.png"
}
take summary-light demo-summary light en
take answer-light  demo-answer  light en
take answer-dark   demo-answer  dark  en
take answer-zh     demo-answer  light zh_CN
