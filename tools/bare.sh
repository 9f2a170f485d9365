#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Does the two-command set-up hold on a machine with nothing on it? tools/bare.sh DIR
# Makes a bare Debian 12 in DIR (root only; needs debootstrap and git), clones what is committed here into it, and runs ./dev demo and
# ./dev test there; then ./dev demo once more without a network, which a second run must not need.
# MIRROR chooses another package mirror, SUITE another suite (noble for Ubuntu 24.04, with its keyring installed).
set -euo pipefail
[ $# -eq 1 ] || { printf 'usage: tools/bare.sh DIR\n' >&2; exit 2; }
[ "$(id -u)" -eq 0 ] || { printf 'bare: only root can make a system and change into it\n' >&2; exit 2; }
source=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
mkdir -p "$1"
system=$(cd "$1" && pwd)

inside() { chroot "$system" env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 "$@"; }

make_system() {
  debootstrap --variant=minbase "${SUITE:-bookworm}" "$system" ${MIRROR:+"$MIRROR"}
  # What this machine needs to reach its packages: resolver, hosts, apt's proxy settings, pip's settings and the certificates they name.
  cp -L /etc/resolv.conf /etc/hosts "$system/etc/"
  local file
  for file in /etc/apt/apt.conf /etc/apt/apt.conf.d/*; do
    if grep -qis proxy "$file"; then cp "$file" "$system/etc/apt/apt.conf.d/"; fi
  done
  mkdir -p "$system/etc/ssl/certs"
  for file in /etc/pip.conf /etc/ssl/certs/ca-certificates.crt; do
    if [ -f "$file" ]; then cp -L "$file" "$system$file"; fi
  done
}

leave() { umount "$system/proc" 2>/dev/null || :; }

[ -x "$system/usr/bin/apt-get" ] || make_system
trap leave EXIT
mountpoint -q "$system/proc" || mount -t proc proc "$system/proc" || printf 'bare: no /proc inside; going on without\n'
rm -rf "$system/fallline"
git clone --quiet --no-hardlinks "$source" "$system/fallline"

for task in demo test; do
  begun=$SECONDS
  inside bash /fallline/dev "$task" </dev/null
  printf '\n-- ./dev %s: %d s\n' "$task" $((SECONDS - begun))
done
inside ldd /fallline/build/fallline | grep libarrow || { printf 'bare: built without pyarrow\n' >&2; exit 1; }
if unshare --net true 2>/dev/null; then
  unshare --net chroot "$system" env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin bash /fallline/dev demo </dev/null
  printf '\n-- ./dev demo again, without a network: passed\n'
fi
