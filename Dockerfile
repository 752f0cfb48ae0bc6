# A shared server: slim, on the CPU, not as root. Visitors may look; SECURITY.md says how to allow more.
#
#   docker build -t slviz .
#   docker run -p 8501:8501 -v slviz:/home/slviz/.local/share/slviz slviz
#   docker run … slviz slviz app --no-browser --address 0.0.0.0 --host slviz.example.org   # under another name
#   docker run … slviz slviz serve --processes 4 --address 0.0.0.0 --host slviz.example.org   # for many visitors
FROM python:3.12-slim

RUN apt-get update \
    && apt-get install -y --no-install-recommends libgomp1 haproxy \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home slviz

# The CPU build of torch is a tenth of the size of the one with CUDA; TORCH_INDEX is the index that has it.
ARG TORCH_INDEX=""
COPY requirements.txt /tmp/
RUN if [ -n "$TORCH_INDEX" ]; then pip install --no-cache-dir torch==2.13.0 --index-url "$TORCH_INDEX"; fi \
    && pip install --no-cache-dir -r /tmp/requirements.txt

COPY . /tmp/slviz
RUN pip install --no-cache-dir --no-deps /tmp/slviz && rm -rf /tmp/slviz

USER slviz
WORKDIR /home/slviz
# Created here, so that a volume mounted on it belongs to the same user.
RUN mkdir -p .local/share/slviz
EXPOSE 8501
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8501/_stcore/health', timeout=4)"]
CMD ["slviz", "app", "--no-browser", "--address", "0.0.0.0"]
