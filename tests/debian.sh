# Sourced by the runners: installs Debian's packages where that is possible.

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif command -v sudo >/dev/null; then sudo -n "$@"
  else return 1; fi
}

updated=no
debian() {
  command -v apt-get >/dev/null || return 1
  if [ "$updated" = no ]; then as_root apt-get -qq update || return 1; updated=yes; fi
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install "$@" >/dev/null
}
