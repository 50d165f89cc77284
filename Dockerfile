# Two stages: a virtual environment is built, the image that runs holds neither pip caches nor compilers.
FROM python:3.11-slim AS build
WORKDIR /src
RUN python -m venv /opt/netzlotse
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY assistant assistant
COPY knowledge knowledge
COPY prompts prompts
# Extras for a language model: --build-arg EXTRAS=[openai]
ARG EXTRAS=""
RUN /opt/netzlotse/bin/pip install --no-cache-dir --disable-pip-version-check --constraint constraints.txt ".${EXTRAS}"

FROM python:3.11-slim
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin netzlotse \
    && install -d -o netzlotse -g netzlotse -m 0750 /data
COPY --from=build /opt/netzlotse /opt/netzlotse
ENV PATH=/opt/netzlotse/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HOME=/tmp \
    NETZLOTSE_DATA_DIR=/data
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 7860
STOPSIGNAL SIGTERM
# The first start unpacks the encoder and builds the index.
HEALTHCHECK --interval=30s --timeout=5s --start-period=180s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:7860/readyz', timeout=4)"]
CMD ["assistant", "serve", "--host", "0.0.0.0", "--port", "7860"]
