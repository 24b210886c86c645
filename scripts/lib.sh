# What the scripts share. It is sourced, not run.

set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

build_packages=(
    cmake ninja-build g++ qt6-base-dev qt6-declarative-dev
    qml6-module-qtquick qml6-module-qtquick-controls qml6-module-qtquick-layouts
    qml6-module-qtquick-templates qml6-module-qtquick-window qml6-module-qtqml-workerscript
)
test_packages=(qml6-module-qttest qcoro-qt6-dev qt6-tools-dev ccache)
check_packages=(clang-format qt6-declarative-dev-tools qml6-module-qtqml valgrind)

die()
{
    printf '%s: %s\n' "${0##*/}" "$1" >&2
    exit 1
}

# as_root COMMAND...: as root or by a sudo that asks nothing, and quietly unless it fails.
as_root()
{
    local output
    if [ "$(id -u)" -ne 0 ]; then
        set -- sudo -n "$@"
    fi
    output=$("$@" </dev/null 2>&1) || {
        printf '%s\n' "$output" >&2
        return 1
    }
}

apt_install()
{
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
        --no-install-recommends -o DPkg::Lock::Timeout=300 "$@"
}

# need COMMAND PACKAGE...: the packages are installed where apt-get knows them; elsewhere, the
# command has to be there already.
need()
{
    local command=$1 package missing=()
    shift
    if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
        printf '%s: not a Debian system; what these Debian packages hold is needed: %s\n' \
            "${0##*/}" "$*" >&2
        command -v "$command" >/dev/null || die "$command is missing"
        return
    fi
    for package in "$@"; do
        [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] ||
            missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0

    printf '%s: installing %s\n' "${0##*/}" "${missing[*]}" >&2
    # Package lists that are there may be good enough; they are fetched when they are not.
    apt_install "${missing[@]}" 2>/dev/null ||
        { as_root apt-get update -qq && apt_install "${missing[@]}"; } ||
        die "cannot install packages; run: apt-get install ${missing[*]}"
}

# want PACKAGE...: installs those that can be installed, and says of the others that they are missing.
want()
{
    local package
    command -v apt-get >/dev/null && command -v dpkg-query >/dev/null || return 0
    for package in "$@"; do
        (need true "$package" 2>/dev/null) ||
            printf '%s: going on without %s, which cannot be installed\n' "${0##*/}" "$package" >&2
    done
}

# build PRESET [TARGET...]: configures and builds, all or these targets, in the source folder.
build()
{
    local preset=$1
    shift
    if command -v ccache >/dev/null; then
        export CMAKE_CXX_COMPILER_LAUNCHER=${CMAKE_CXX_COMPILER_LAUNCHER-ccache}
    fi
    cd "$root"
    cmake --preset "$preset" || die "cannot configure; see above"
    cmake --build --preset "$preset" --parallel "$(nproc)" ${1+--target "$@"} ||
        die "the build failed; see above"
}
