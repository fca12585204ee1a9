"""Checks a JSON request on standard input against one schema of an OpenAPI 3.1 description.

    validate_request.py SPECIFICATION SCHEMA

Ends with 0 where it is valid, with 1 and the first complaints on standard output where it is not.
"""

import json
import sys

import jsonschema


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        specification = json.load(file)
    schema = {"$ref": f"#/components/schemas/{sys.argv[2]}", "components": specification["components"]}
    request = json.load(sys.stdin)
    complaints = [error.message for error in jsonschema.Draft202012Validator(schema).iter_errors(request)]
    # a misspelt field is valid where objects are open: every field must be one that the schema names
    known = set()

    def collect(node):
        while "$ref" in node:
            target = specification
            for part in node["$ref"].removeprefix("#/").split("/"):
                target = target[part]
            node = target
        known.update(node.get("properties", {}))
        for key in ("allOf", "anyOf", "oneOf"):
            for part in node.get(key, []):
                collect(part)

    collect(schema)
    complaints += [f"unknown field {name}" for name in request if name not in known]
    for complaint in complaints[:5]:
        print(complaint[:300])
    sys.exit(1 if complaints else 0)


main()
