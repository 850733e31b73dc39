"""Signs and verifies a mail with dkimpy. Standard input: one JSON document a line: {"do": "sign" | "verify", "mail": base64}.

Prints one a line: the signed mail in base64 (two signatures: simple/simple and relaxed/relaxed), or the verdicts on both.
"""

import base64
import json
import subprocess
import sys

import dkim

key = subprocess.run(["openssl", "genrsa", "2048"], check=True, capture_output=True).stdout
public = subprocess.run(["openssl", "rsa", "-pubout", "-outform", "DER"], input=key, check=True, capture_output=True).stdout
record = b"v=DKIM1; k=rsa; p=" + base64.b64encode(public)
# What docs/notifications.md advises to sign, and to sign once more than it occurs.
ONCE_MORE = [b"from", b"subject", b"to", b"date", b"reply-to", b"cc", b"content-type", b"mime-version"]
FURTHER = [b"message-id", b"auto-submitted", b"list-id", b"in-reply-to", b"references"]


def sign(mail):
    present = {line.split(b":")[0].lower() for line in mail.split(b"\r\n\r\n")[0].split(b"\r\n") if b":" in line}
    names = ONCE_MORE + [name for name in ONCE_MORE + FURTHER if name in present]
    for canonical in (b"simple", b"relaxed"):
        mail = dkim.sign(mail, canonical, b"lab.example", key, canonicalize=(canonical, canonical), include_headers=names) + mail
    return mail


def holds(mail, index):
    try:
        return dkim.DKIM(mail).verify(idx=index, dnsfunc=lambda name, timeout=5: record)
    except dkim.ValidationError:
        return False


for line in sys.stdin:
    task = json.loads(line)
    mail = base64.b64decode(task["mail"])
    if task["do"] == "sign":
        print(base64.b64encode(sign(mail)).decode(), flush=True)
    else:
        print(json.dumps([holds(mail, index) for index in (0, 1)]), flush=True)
