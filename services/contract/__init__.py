"""What others build on, as one document a machine reads, and as a page for people.

Made from the catalogue, the schemas, the forms and the server as deployed, so that it cannot say anything else than they
do. `python -m services.contract` writes it into docs/, and `--check` says whether it is as committed.
"""
