#!/usr/bin/env bash
# machine.sh FOLDER REPOSITORY: a second machine on this one, with the systemd of this one as its first process: its own processes, mounts and
# control groups; the network is shared. Its disk is this one's, and what it writes is gone with it. The product is installed in it.
# It lasts until the end of its standard input. As root.
set -euo pipefail
folder=$1 repository=$2 stage=${3:-outside}

case $stage in
  outside)
    exec unshare --mount --propagation private "$BASH" "$0" "$folder" "$repository" keeper
    ;;
  keeper)
    mkdir -p "$folder"
    mount -t tmpfs tmpfs "$folder"
    mkdir "$folder/cgroup" "$folder/changes" "$folder/work" "$folder/root"
    mount -t cgroup2 cgroup2 "$folder/cgroup"
    group=$folder/cgroup/nomad-upload-monitor-test-$$
    mkdir "$group"
    exec 3<&0
    unshare --pid --mount --ipc --uts --fork --kill-child "$BASH" "$0" "$folder" "$repository" "$group" 3<&- &
    machine=$!
    { cat <&3 >/dev/null; kill -KILL "$(cat "/proc/$machine/task/$machine/children")"; } &
    code=0
    wait "$machine" || code=$?
    find "$group" -depth -type d -exec rmdir {} +
    exit "$code"
    ;;
  inside)
    root=$folder/root
    mount -t overlay overlay -o "lowerdir=/,upperdir=$folder/changes,workdir=$folder/work" "$root"
    mount -t proc proc "$root/proc"
    # The kernel is shared, too: nothing here may change it.
    mount --bind "$root/proc/sys" "$root/proc/sys"
    mount -o remount,bind,ro "$root/proc/sys"
    mount -t sysfs -o ro sysfs "$root/sys"
    mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
    mount -t tmpfs -o mode=755 tmpfs "$root/run"
    mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
    mount -t tmpfs -o mode=755 tmpfs "$root/dev"
    for device in null zero full random urandom tty; do
      touch "$root/dev/$device"
      mount --bind "/dev/$device" "$root/dev/$device"
    done
    mkdir "$root/dev/pts" "$root/dev/shm"
    mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
    mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
    ln -s pts/ptmx "$root/dev/ptmx"
    ln -s /proc/self/fd "$root/dev/fd"

    # Of all that this machine would start, only the journal.
    rm -rf "$root/etc/fstab" "$root"/etc/systemd/system/* "$root"/{usr/,}lib/systemd/system/*.target.wants "$root/var/lib/nomad-upload-monitor" "$root/etc/nomad-upload-monitor"
    mkdir -p "$root/etc/systemd/system/sockets.target.wants"
    ln -s /lib/systemd/system/systemd-journald.socket "$root/etc/systemd/system/sockets.target.wants/"

    # As the package does it; the program itself is the one of this repository.
    for place in usr/lib opt; do
      mkdir -p "$root/$place/nomad-upload-monitor"
      mount --bind "$repository" "$root/$place/nomad-upload-monitor"
      mount -o remount,bind,ro "$root/$place/nomad-upload-monitor"
    done
    cat >"$root/usr/bin/nomad-upload-monitor" <<'LAUNCHER'
#!/bin/sh
cd /usr/lib/nomad-upload-monitor && exec node_modules/.bin/node --max-semi-space-size=2 --max-old-space-size=768 src/main.ts "$@"
LAUNCHER
    chmod 755 "$root/usr/bin/nomad-upload-monitor"
    cp "$repository"/systemd/*.service "$repository"/systemd/*.timer "$root/etc/systemd/system/"
    mkdir -p "$root/usr/lib/sysusers.d" "$root/etc/nomad-upload-monitor"
    cp "$repository/systemd/nomad-upload-monitor.sysusers" "$root/usr/lib/sysusers.d/nomad-upload-monitor.conf"

    cd "$root"
    mkdir -p .outside
    pivot_root . .outside
    umount -l .outside
    # As systemd has it: mounts that it makes for a unit (credentials) are seen by that unit.
    mount --make-rshared /
    exec env -i container=test PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --unit=basic.target --log-target=journal --show-status=no
    ;;
  *)
    # The group, by its path: it becomes the root of the machine's groups.
    echo 0 >"$stage/cgroup.procs"
    exec unshare --cgroup "$BASH" "$0" "$folder" "$repository" inside
    ;;
esac
