# One image for every service: `docker run spor intake`, `docker run spor reporting`, … The server stands by itself.
FROM python:3.11-slim

RUN useradd --create-home --home-dir /var/lib/spor --uid 10001 spor
WORKDIR /opt/spor

# First what changes seldom, by hash.
COPY requirements.txt ./
RUN pip install --no-cache-dir --require-hashes -r requirements.txt

COPY pyproject.toml ./
COPY events events
COPY services services
COPY deploy deploy
RUN pip install --no-cache-dir --no-deps --no-build-isolation . && rm -rf build *.egg-info

USER spor
WORKDIR /var/lib/spor
ENTRYPOINT ["spor"]
CMD ["--help"]
