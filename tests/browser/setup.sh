# For the tests that open pages in Chromium: finds or installs what they need; says so when it cannot, and ends well.
# Sourced in the project's folder, with $tested saying what is left out. Sets CHROMIUM.
# shellcheck shell=bash
here=tests/browser

skip() { printf 'SKIPPED: %s: %s\n' "$tested" "$*"; exit 0; }

. tests/debian.sh

find_chromium() {
  local name
  if [ -n "${CHROMIUM:-}" ]; then printf '%s\n' "$CHROMIUM"; return; fi
  for name in chromium chromium-browser google-chrome-stable google-chrome; do type -P "$name" && return; done
  return 1
}

# A font that can draw the Chinese pages; without fontconfig nobody knows, and Debian's package decides.
cjk_font() {
  if command -v fc-list >/dev/null; then [ -n "$(fc-list :lang=zh-tw family)" ]
  else [ -d /usr/share/fonts/opentype/noto ]; fi
}

command -v node >/dev/null || skip "node is not installed (18 or newer is needed)"
[ "$(node -p 'process.versions.node.split(".")[0]')" -ge 18 ] || skip "node $(node --version) is older than 18"
command -v npm >/dev/null || skip "npm is not installed"
find_chromium >/dev/null || debian chromium || skip "Chromium is not installed and apt-get cannot install it"
CHROMIUM=$(find_chromium) || skip "Chromium is not installed"
cjk_font || debian fonts-noto-cjk || skip "no Chinese font is installed and apt-get cannot install fonts-noto-cjk"

if [ ! -e "$here/node_modules/.package-lock.json" ] || [ "$here/package-lock.json" -nt "$here/node_modules/.package-lock.json" ]; then
  npm ci --prefix "$here" --ignore-scripts --no-audit --no-fund --loglevel=error || skip "npm cannot install playwright-core and axe-core"
  touch "$here/node_modules/.package-lock.json"
fi
