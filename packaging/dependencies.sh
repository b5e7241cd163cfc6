#!/usr/bin/env bash
# Installs the distribution packages that Fireside needs, when any is missing (Debian 12, Ubuntu 24.04 and newer).
#   packaging/dependencies.sh build    what run.sh needs: compile and open the window
#   packaging/dependencies.sh test     the same, and what the tests use
# Does nothing and needs no root when everything is there. Exit 1 with the command to run when it cannot install.
set -euo pipefail

build_packages=(
  g++ make cmake ninja-build ccache pkg-config ca-certificates
  qt6-base-dev qt6-declarative-dev qt6-declarative-dev-tools qt6-tools-dev qt6-tools-dev-tools qt6-l10n-tools
  qt6-svg-dev libqt6svg6 libqt6sql6-sqlite
  libgl-dev libegl-dev libvulkan-dev libxkbcommon-dev
  # Debian's QML modules do not depend on one another; a missing one fails only when it is used.
  qml6-module-qtqml qml6-module-qtqml-models qml6-module-qtqml-workerscript qml6-module-qtquick
  qml6-module-qtquick-window qml6-module-qtquick-controls qml6-module-qtquick-templates
  qml6-module-qtquick-layouts qml6-module-qtquick-dialogs qml6-module-qtquick-shapes qml6-module-qtcore
  qml6-module-qt-labs-folderlistmodel qml6-module-qt-labs-settings qml6-module-qt-labs-qmlmodels
  libsentencepiece-dev libspdlog-dev nlohmann-json3-dev libutf8proc-dev libxxhash-dev libmd4c-dev
  libpoppler-cpp-dev poppler-data libseccomp-dev
  # Without a font that covers Han, Chinese text is boxes.
  fonts-dejavu-core fonts-noto-core fonts-wqy-microhei
)
test_packages=(
  python3 xz-utils git sqlite3 libsqlite3-dev qml6-module-qttest qt6-qmllint-plugins desktop-file-utils appstream
)

packages=("${build_packages[@]}")
case "${1:-build}" in
  build) ;;
  test) packages+=("${test_packages[@]}") ;;
  *) echo "usage: $0 [build|test]" >&2; exit 2 ;;
esac

# The tests alone decide about QML Test; the Wayland plugin only matters where a Wayland desktop runs.
if [ -n "${WAYLAND_DISPLAY:-}" ]; then packages+=(qt6-wayland); fi

installed=$(dpkg-query -W -f='${Package} ${db:Status-Abbrev}\n' "${packages[@]}" 2>/dev/null | awk '$2 == "ii" {print $1}' | sort -u) || true
missing=()
for package in "${packages[@]}"; do
  grep -qxF -- "$package" <<<"$installed" || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

if ! command -v apt-get >/dev/null; then
  echo "fireside: this script knows Debian and Ubuntu only; install these packages with your own package manager:" >&2
  echo "  ${missing[*]}" >&2
  exit 1
fi
as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "fireside: ${#missing[@]} packages are missing and sudo is not installed; as root, run:" >&2
    echo "  apt-get install --no-install-recommends ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi
echo "fireside: installing ${#missing[@]} packages: ${missing[*]}"
"${as_root[@]}" apt-get update -q
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"
