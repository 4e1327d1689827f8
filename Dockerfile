# One image for everything in compose.yaml: the server and every service, each started by its own command.
FROM python:3.11-slim

WORKDIR /opt/spor

# First what changes seldom, by hash.
COPY requirements.txt ./
RUN pip install --no-cache-dir --require-hashes -r requirements.txt

COPY pyproject.toml ./
COPY events events
COPY services services
COPY deploy deploy
RUN pip install --no-cache-dir --no-deps --no-build-isolation . && rm -rf build *.egg-info

# Volumes take these rights when they are made, so that any user may be named in compose.yaml: the one whose keys are read.
RUN mkdir -p /spor/store /spor/views /spor/own && chmod 1777 /spor/store /spor/views /spor/own

ENV SPOR_HOME=/spor
USER 10001
CMD ["spor", "--help"]
