#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Makes fireside-sample.pdf from fireside-sample.roff. Needs the Debian packages groff-base and ghostscript.
set -eu
cd "$(dirname "$0")"
groff -t -Tps -P-pa4 fireside-sample.roff |
  gs -q -dBATCH -dNOPAUSE -sDEVICE=pdfwrite -dCompatibilityLevel=1.7 -dSubsetFonts=true -sOutputFile=fireside-sample.pdf -
