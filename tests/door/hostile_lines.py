"""Command lines that want more than the door gives; ``{n}`` is a ticket."""

from __future__ import annotations

CONTROLS = "\n\r\t\x00\x01\x07\x08\x0b\x0c\x1a\x1b\x7f\x85\x9b\u2028\u2029"

BROKEN = [
    *(f"ticket list {control}id" for control in CONTROLS),
    *(
        "ticket\nlist",
        "whoami\n",
        "\nwhoami",
        "'whoami\nid'",
        '"whoami\rid"',
        "whoami\x1b[2J",
        "lang=es\nwhoami",
    ),
    *("whoami\udcff", "\udc80", "a " * 65, "x " * 5000, "x" * 8193, "é" * 5000, "'" + "a" * 9000 + "'"),
]
"""Lines that are none: of several lines, with control characters, not UTF-8, too long, of too many words."""

QUOTING = r"""
'
"
\
'''
ticket list '
ticket list "
ticket list \
ticket show 1 '\'
"'"'
""".splitlines()[1:]
"""Quotations that do not end, and words that are no command."""

SHELL = r"""
sh
bash
bash -i
sh -c id
/bin/sh
-sh
exec sh
id
env
ls -la /
cat /etc/passwd
python3 -c 'import os'
python -m sysmo_tui init
perl -e 1
vi
less /etc/passwd
more
su
; id
&& id
|| id
| sh
> /tmp/out
< /etc/passwd
& id
$(id)
`id`
${IFS}id
~
../sysmo
./sysmo
/usr/local/lib/sysmo/door
sysmo sysmo whoami
parcel parcel whoami
*
?
lang=es lang=en whoami
lang=../../etc whoami
lang= whoami
LANG=es whoami
PAGER=id whoami
SYSMO_DATABASE_URL=x whoami
SYSMO_CONFIG=/tmp/c whoami
HOME=/tmp whoami
LD_PRELOAD=/x whoami
""".splitlines()[1:]
"""What a shell would run, expand or assign."""

SERVERS = r"""
scp -t /tmp
scp -f /etc/passwd
rsync --server -e.LsfxC . /tmp
sftp
internal-sftp
/usr/lib/openssh/sftp-server
git-upload-pack '/x.git'
git-receive-pack x
git-shell
mosh-server new
tmux attach
screen -r
nc -l 1
socat - tcp:x:1
svnserve -t
cvs server
borg serve
rclone
dropbear
ssh other
telnet x
curl http://127.0.0.1/
wget x
""".splitlines()[1:]
"""What programs on the other side ask for by themselves."""

CLOSED = r"""
init
init --shared /tmp
demo
demo --fresh
worker
worker --once
worker --print-unit
doctor
doctor --json
recover
recover --email ada@desk.example
db
db status
db check
db backup /tmp/b
db restore /tmp/b --yes --overwrite
db upgrade
door
door install
door door
door install --print
connect ssh://x@y
mail receive
mail receive --mailbox x
mail fetch
mail send
mail test a@b.example
mail mailbox new x --url imaps://a@h
mail mailbox test x
mail mailbox edit x --url imaps://a@127.0.0.1
mail mailbox set x --folder y
mail mailbox add x
config set mail_url smtp://127.0.0.1
config edit mail_url file:///tmp/m
config edit mail_key x
receive
mail receive --database sqlite:////tmp/x.db
completion install
plugin
shell
help
""".splitlines()[1:]
"""Verbs that the door does not open."""

OPTIONS = r"""
--database=sqlite:////tmp/x.db
--database /tmp/x
--demo
--debug
--install-completion
--show-completion
--install-completion bash
--show-completion=zsh
--config /etc/x
--editor vi
--databas=x whoami
--data=x whoami
--dem whoami
--deb whoami
--install whoami
-d whoami
whoami --database=sqlite:////tmp/x.db
whoami --database /tmp/x
whoami --demo
whoami --debug
whoami --databas=x
whoami --dat=x
whoami --dem
whoami --deb
whoami --js
whoami --no-in
whoami --pager=id
whoami --editor=id
whoami --config=/tmp/c
whoami -c /tmp/c
whoami -o /tmp/x
ticket list --database=x
ticket ls --demo
ticket --demo list
ticket --database x list
ticket new --template /etc/passwd
ticket list --follow --json
ticket list --output=/tmp/x
whoami @/etc/passwd
@/etc/passwd
ticket show @/etc/passwd
whoami -- --database=x
-- whoami x
whoami extra
whoami -
-
--
-x
--x
---
whoami --=x
whoami -=
''
'' whoami
' whoami'
WHOAMI
Ticket list
ｗｈｏａｍｉ
""".splitlines()[1:]
"""Options that the door does not open, shortened, misspelt or in the wrong place."""

FILES = r"""
ticket attach {n} /etc/passwd
ticket attach {n} ../x
ticket attach {n} .
ticket attach {n} ~
ticket attach {n} /dev/stdin
ticket attach {n} /proc/self/environ
ticket reply {n} --body-file /etc/passwd
ticket reply {n} --body-file x
ticket reply {n} --body-file /dev/fd/0
ticket reply {n} --body-file /proc/self/environ
ticket reply {n} --body B --attach=/etc/shadow
ticket reply {n} --body B --attach=sysmo.log
ticket reply {n} --body B --attach=-/../x
ticket new --topic general --subject S --body-file=/etc/passwd
config apply /etc/sysmo/config.toml
ticket note {n} --body-file /etc/passwd
ticket note {n} {n}1 --body-file /etc/passwd
ticket reply {n} 2 --canned greeting --body-file /etc/passwd
canned new Greeting --body-file /etc/passwd
canned new Greeting --body-file=x
canned edit greeting --body-file /proc/self/environ
report --html /tmp/page.html
report team --html page.html
report --html=/dev/fd/1
report --html ../page.html
undo --database sqlite:////tmp/x.db
saved new X 'status:new' --inbox /etc/passwd
saved edit X --query ../../etc/passwd
ticket close {n} --body-file /etc/passwd
mail route test /x
mail template edit closed --body-file /etc/passwd
mail template preview closed --body-file /etc/passwd
ticket download {n} -o /tmp
ticket download {n} -o.
ticket download {n} --output=~
mail raw 1 -o /x
parcel ticket attach {n} /etc/passwd
parcel ticket attach {n} ../x
parcel ticket attach {n} ..
parcel ticket reply {n} --body-file /etc/passwd
parcel ticket attach {n} a/b
parcel config apply /x
""".splitlines()[1:]
"""Places on the desk's machine."""

REFUSED = [
    *BROKEN,
    *QUOTING,
    *SHELL,
    *SERVERS,
    *CLOSED,
    *OPTIONS,
    *FILES,
    "whoami\u00a0--demo",
    "whoami\u200b",
]

HARMLESS = r"""
whoami --
ticket list ; id
ticket list && id
ticket list | sh
ticket list > /tmp/out
ticket list $(id)
ticket list `id`
ticket list $HOME ~ *
search @/etc/passwd
search -- --database=x
ticket list -x
sysmo whoami
lang=xx whoami
sysmo lang=es whoami
whoami --help
--version
ticket list -- --demo
""".splitlines()[1:]
"""Lines that mean what they say, which is less than somebody may hope."""
