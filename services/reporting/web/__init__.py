"""Reporting's HTTP side: facts and issued reports, each only to those who may see it, and on both clocks.

What is read in the order of the log has three shapes, chosen by `Accept`: pages, NDJSON in bulk, and a stream of events
that goes on with what comes. The cursor of all three is the position of the log.
"""
