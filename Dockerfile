# syntax=docker/dockerfile:1
# Runs without root, with a read-only root: only /data is written. The index of the shipped knowledge is part of the image.
ARG PYTHON_IMAGE=python:3.11-slim-bookworm

FROM ${PYTHON_IMAGE} AS build
WORKDIR /build
RUN python -m venv /opt/netzlotse
COPY constraints.txt pyproject.toml README.md LICENSE ./
COPY assistant assistant
COPY knowledge knowledge
COPY prompts prompts
RUN /opt/netzlotse/bin/pip install --no-cache-dir --disable-pip-version-check --constraint constraints.txt .
RUN NETZLOTSE_DATA_DIR=/data /opt/netzlotse/bin/assistant index

FROM ${PYTHON_IMAGE}
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin netzlotse
COPY --from=build /opt/netzlotse /opt/netzlotse
COPY --from=build --chown=10001:10001 /data /data
ENV PATH=/opt/netzlotse/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 HOME=/tmp \
    NETZLOTSE_DATA_DIR=/data NETZLOTSE_LOG=json
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 7860
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=120s --retries=3 \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:7860/readyz', timeout=4)"]
CMD ["assistant", "serve", "--host", "0.0.0.0", "--port", "7860"]
