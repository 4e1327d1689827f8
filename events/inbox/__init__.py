"""From claim to fact: read what came, judge it by the rules, append, and answer with a verdict.

`claim` reads CloudEvents in both modes, `cpr` guards, `check` names every error, `verdict` is the answer, `outcomes`
remembers every first one, `desk` does it in batches.
"""
