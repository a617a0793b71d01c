#!/bin/sh
# Cài đặt hoặc nâng cấp htx_workflow từ gói này, không cần internet:   sudo sh install.sh [THƯ MỤC]
# Installs or upgrades from this bundle, offline; the default folder is /opt/htx. PYTHON=... chooses the interpreter.
# Running it again upgrades: var/ stays, changed files of config/ stay (the new ones come beside them as .new), and
# a step that fails puts back what was there.
set -eu
umask 022
here=$(cd "$(dirname "$0")" && pwd)
code="htx_workflow flows templates docs deploy requirements pyproject.toml README.md CHANGELOG.md"
units=/usr/local/lib/systemd/system

say() { printf '%s\n' "$*"; }
refuse() {
    printf '%s\n' "$*" >&2
    exit 1
}

# ---------------------------------------------------------------------------------------------- what is wanted where
case "${1:-}" in
-*) sed -n '2,5s/^# //p' "$0" && exit 2 ;;
esac
target="${1:-/opt/htx}"
case "$target" in
/*) ;;
*) target="$PWD/$target" ;;
esac
case "$target" in
*[!A-Za-z0-9/._-]*) refuse "Thư mục $target có ký tự lạ. Đề nghị chọn đường dẫn chỉ gồm chữ không dấu, số, . _ -" ;;
esac
service=no
[ "$(id -u)" = 0 ] && [ -d /run/systemd/system ] && command -v systemctl >/dev/null && service=yes

# -------------------------------------------------------------------------------------------------------- the machine
find_python() {
    for each in ${PYTHON:-python3 python3.13 python3.12 python3.11}; do
        if "$each" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then
            command -v "$each"
            return
        fi
    done
}

python_package() { # the one package that brings a good Python here
    os=$(. /etc/os-release 2>/dev/null && echo "${ID:-} ${VERSION_ID:-}") || os=""
    case "$os" in
    "debian 12"* | "debian 13"* | "ubuntu 24"* | "ubuntu 25"*) echo python3 ;;
    *) echo python3.11 ;;
    esac
}

installer() {
    for each in apt-get dnf yum; do
        command -v "$each" >/dev/null && echo "sudo $each install -y" && return
    done
    echo "sudo apt-get install -y"
}

[ "$(uname -s) $(uname -m)" = "Linux x86_64" ] || refuse "Gói này dành cho Linux x86_64; máy này là $(uname -s) $(uname -m)."
python=$(find_python)
[ -n "$python" ] || refuse "Máy này chưa có Python 3.11, 3.12 hoặc 3.13 ($(${PYTHON:-python3} -V 2>/dev/null || echo "không có ${PYTHON:-python3}")). Đề nghị chạy (từ đĩa cài đặt hoặc kho gói nội bộ): $(installer) $(python_package)"
short=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
"$python" -c 'import ssl, sqlite3, venv, zlib' 2>/dev/null ||
    refuse "$python thiếu mô-đun venv, sqlite3, ssl hoặc zlib. Đề nghị chạy: $(installer) python$short-venv"
"$python" -c 'import os, sys; sys.exit(tuple(map(int, os.confstr("CS_GNU_LIBC_VERSION").split()[1].split(".")[:2])) < (2, 28))' 2>/dev/null ||
    refuse "Gói này cần glibc 2.28 trở lên (Ubuntu 20.04, Debian 11 hoặc mới hơn)."
(cd "$here" && sha256sum --check --quiet --strict SHA256SUMS) ||
    refuse "Gói bị hỏng hoặc đã bị sửa: có tệp không khớp SHA256SUMS. Đề nghị chép lại gói và giải nén lại."

# ---------------------------------------------------------------------------------------------------------- the folder
mkdir -p "$target" 2>/dev/null && [ -w "$target" ] ||
    refuse "Không ghi được vào $target. Đề nghị chạy: sudo sh install.sh $target, hoặc chọn thư mục khác: sh install.sh THƯ-MỤC"
if [ ! -d "$target/.installed" ] && [ -n "$(ls -A "$target")" ]; then
    refuse "Thư mục $target đã có tệp không do gói này cài đặt. Đề nghị chọn thư mục trống."
fi
running=""
[ "$service" = yes ] && running=$(systemctl list-units --plain --no-legend --state=active,activating 'htx*.service' | cut -d' ' -f1 | tr '\n' ' ')
[ -z "$running" ] || refuse "Đang chạy: $running. Đề nghị sao lưu (systemctl start htx-backup), dừng (systemctl stop $running) rồi chạy lại."
if command -v pgrep >/dev/null && pgrep -f "^$target/\.venv/bin/python" >/dev/null; then
    refuse "Có tiến trình htx đang chạy từ $target. Đề nghị dừng nó rồi chạy lại."
fi

put_back() { # what an unfinished upgrade has moved away
    [ -d "$target/.old" ] || return 0
    for each in .venv $code; do
        [ -e "$target/.old/$each" ] || continue
        rm -rf "${target:?}/$each"
        mv "$target/.old/$each" "$target/$each"
    done
    rm -rf "$target/.old"
}

on_exit() {
    status=$?
    [ "$status" = 0 ] && return
    if [ "$before" = none ]; then
        rm -rf "$target/.venv"
    else
        put_back
    fi
    say "Chưa cài đặt xong; $target như trước khi chạy. Đề nghị xem lý do ở trên rồi chạy lại." >&2
}

before=none
[ -f "$target/.installed/VERSION" ] && before=$(head -n 1 "$target/.installed/VERSION")
put_back
trap on_exit EXIT
trap 'exit 130' INT TERM
mkdir -p "$target/.installed" "$target/.old"
touch "$target/.installed/shipped"

# ---------------------------------------------------------------------------------------------------- the environment
[ ! -e "$target/.venv" ] || mv "$target/.venv" "$target/.old/.venv"
say "Đang cài các gói Python vào $target/.venv (Python $short) ..."
"$python" -m venv --without-pip "$target/.venv"
bin="$target/.venv/bin"
install_locked() {
    env -u PIP_REQUIRE_VIRTUALENV PIP_CONFIG_FILE=/dev/null PIP_NO_INDEX=1 PIP_DISABLE_PIP_VERSION_CHECK=1 "$@"
}
pip=$(ls "$here"/wheels/pip-*.whl)
install_locked "$bin/python" "$pip/pip" install -q --no-cache-dir --find-links "$here/wheels" --require-hashes \
    -r "$here/project/requirements/build.txt"
install_locked "$bin/python" -m pip install -q --no-cache-dir --find-links "$here/wheels" --require-hashes \
    -r "$here/project/requirements/runtime.txt"

# -------------------------------------------------------------------------------------------------------- the project
is_shipped() { # whether this machine's file is still the one that an earlier bundle brought
    grep -qxF "$(sha256sum <"$target/$1" | cut -d' ' -f1)  $1" "$target/.installed/shipped"
}
was_shipped() { cut -c67- "$target/.installed/shipped" | grep -qxF "$1"; }

new_files=""
(cd "$here/project" && find config -type f | LC_ALL=C sort) >"$target/.installed/files"
while IFS= read -r file; do
    mkdir -p "$(dirname "$target/$file")"
    if [ -e "$target/$file" ] && cmp -s "$here/project/$file" "$target/$file"; then
        rm -f "$target/$file.new"
    elif { [ -e "$target/$file" ] && is_shipped "$file"; } || { [ ! -e "$target/$file" ] && ! was_shipped "$file"; }; then
        cp "$here/project/$file" "$target/$file"
        rm -f "$target/$file.new"
    else # changed or removed here: that stays
        cp "$here/project/$file" "$target/$file.new"
        new_files="$new_files $file.new"
    fi
done <"$target/.installed/files"
own_letters=""
if [ -d "$target/templates" ]; then
    (cd "$target" && find templates -type f | LC_ALL=C sort) >"$target/.installed/files"
    while IFS= read -r file; do
        if is_shipped "$file"; then continue; fi
        mkdir -p "$(dirname "$target/.changed-$file")"
        cp "$target/$file" "$target/.changed-$file"
        own_letters="$own_letters $target/.changed-$file"
    done <"$target/.installed/files"
fi
rm "$target/.installed/files"
for each in $code; do
    [ ! -e "$target/$each" ] || mv "$target/$each" "$target/.old/$each"
    cp -R "$here/project/$each" "$target/$each"
done
PYTHONWARNINGS=ignore install_locked "$bin/python" -m pip install -q --no-cache-dir --no-deps --no-build-isolation --editable "$target"
"$bin/python" -m compileall -q "$target/htx_workflow" "$target/flows"
mkdir -p "$target/var"
(cd "$here/project" && find config templates -type f -exec sha256sum {} +) >"$target/.installed/shipped"
cp "$here/VERSION" "$target/.installed/VERSION"
rm -rf "$target/.old"
trap - EXIT

# -------------------------------------------------------------------------------------------------------- the service
if [ "$service" = yes ]; then
    id htx >/dev/null 2>&1 ||
        useradd --system --user-group --home-dir "$target/var" --no-create-home --shell /usr/sbin/nologin htx
    chown htx:htx "$target/var"
    chmod 750 "$target/var"
    mkdir -p /etc/htx "$units"
    cp "$target/deploy/htx.env.example" /etc/htx/htx.env.example
    [ -e /etc/htx/htx.env ] || cp /etc/htx/htx.env.example /etc/htx/htx.env
    chown root:htx /etc/htx /etc/htx/htx.env
    chmod 750 /etc/htx
    chmod 640 /etc/htx/htx.env
    for each in "$target"/deploy/systemd/*; do
        sed "s|/opt/htx|$target|g" "$each" >"$units/$(basename "$each")"
    done
    systemctl daemon-reload
    if [ ! -e /usr/local/bin/htx ] || [ -L /usr/local/bin/htx ]; then
        ln -sfn "$target/deploy/htx" /usr/local/bin/htx
    fi
fi

# -------------------------------------------------------------------------------------------------------- what is next
version=$(head -n 1 "$here/VERSION")
"$target/deploy/htx" check || say "Lưu ý: htx check chưa đạt; đề nghị sửa theo các dòng trên trước khi chạy dịch vụ."
for each in $new_files; do say "Giữ nguyên tệp đã sửa ở máy này; bản mới để bên cạnh: $target/$each"; done
for each in $own_letters; do say "Mẫu thư, trang đã sửa ở máy này được cất tại $each; đề nghị sửa lại trên bản mới."; done
say ""
if [ "$before" = none ]; then
    say "Đã cài $version vào $target (Python $short). Ba lệnh tiếp theo:"
    plan="$target/config/plans/kontum-3819.yaml"
    if [ "$service" = yes ]; then
        say "  1. sudoedit /etc/htx/htx.env                          (máy chủ thư, địa chỉ cổng)"
        say "  2. sudo htx plan load $plan"
        say "  3. sudo systemctl enable --now htx htx-backup.timer   (chạy dịch vụ, sao lưu hằng ngày)"
    else
        say "  1. $target/deploy/htx plan load $plan"
        say "  2. $target/deploy/htx mail test ĐỊA-CHỈ-THƯ"
        say "  3. $target/deploy/htx up"
    fi
else
    say "Đã nâng cấp $before thành $version tại $target (Python $short). Ba lệnh tiếp theo:"
    if [ "$service" = yes ]; then
        say "  1. sudo systemctl start htx   (hoặc các dịch vụ đã dừng)"
        say "  2. sudo htx doctor"
        say "  3. sudo htx runs"
    else
        say "  1. $target/deploy/htx up"
        say "  2. $target/deploy/htx doctor"
        say "  3. $target/deploy/htx runs"
    fi
fi
say "Hướng dẫn vận hành: $target/docs/operations.md"
