"""Prints the parts of a multipart/form-data body on standard input as JSON: name, file name, type, length, sum of bytes.

    parse_form.py CONTENT-TYPE
"""

import email.parser
import email.policy
import json
import sys


def main():
    head = f"MIME-Version: 1.0\r\nContent-Type: {sys.argv[1]}\r\n\r\n".encode()
    message = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + sys.stdin.buffer.read())
    parts = []
    for part in message.iter_parts():
        content = part.get_payload(decode=True)
        name = part.get_param("name", header="content-disposition")
        parts.append([name, part.get_filename(), part.get("content-type"), len(content), sum(content)])
    print(json.dumps(parts))


main()
